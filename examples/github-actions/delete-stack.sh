#!/usr/bin/env bash
# Deletes a stack of template.yaml with the table and the bucket that outlive it. Only for a sandbox: pictures go too.
set -euo pipefail
stack=${1:?usage: delete-stack.sh STACK}

output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

if ! told=$(aws cloudformation describe-stacks --stack-name "$stack" 2>&1 >/dev/null); then
  case $told in *"does not exist"*) exit 0 ;; esac # it was never made
  echo "$told" >&2
  exit 1
fi
table=$(output TableName) bucket=$(output BucketName)
aws cloudformation delete-stack --stack-name "$stack"
aws cloudformation wait stack-delete-complete --stack-name "$stack"
if [ -n "$bucket" ]; then
  aws s3 rb "s3://$bucket" --force
fi
if [ -n "$table" ]; then
  aws dynamodb update-table --table-name "$table" --no-deletion-protection-enabled >/dev/null
  aws dynamodb wait table-exists --table-name "$table"
  aws dynamodb delete-table --table-name "$table" >/dev/null
fi
