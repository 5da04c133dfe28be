"""Handles RequestQueue: each valid message starts one execution, each invalid one goes to the DLQ with its reason."""

import json
import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shutterstep.errors import InvalidRequestError
from shutterstep.ids import EXTENSIONS, execution_name, id_of, request_key, unfinished_shard
from shutterstep.plain_text import plain
from shutterstep.public_address import holds_secret
from shutterstep.request import SECRET_FIELDS, Request, parse, public_url, request_hash, with_defaults

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

STATE_MACHINE_ARN = os.environ["STATE_MACHINE_ARN"]
DEAD_LETTER_QUEUE_URL = os.environ["DEAD_LETTER_QUEUE_URL"]
BUCKET_NAME = os.environ["BUCKET_NAME"]

# The overrides of one RunTask may have 8,192 characters in all, including the task token (up to 1,024) and escapes.
INLINE_LIMIT = 4096
# SQS's limit of a message, in bytes including its attributes.
MESSAGE_BYTES, ATTRIBUTE_BYTES = 1_048_576, 4096

logger = Logger(service="starter")
metrics = Metrics(service="starter")  # its namespace is the stack's, from the environment
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
sfn: "SFNClient" = boto3.client("stepfunctions")
sqs: "SQSClient" = boto3.client("sqs")
s3: "S3Client" = boto3.client("s3")


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes an SQS event and returns a partial batch response: messages whose handling raised are delivered again."""
    return process_partial_response(event=event, record_handler=start, processor=processor, context=context)


def start(record: SQSRecord) -> None:
    """Starts the message's execution, or puts the message aside; a throttled call raises, so that SQS delivers it
    again.
    """
    try:
        request = parse(record.body)
    except InvalidRequestError as error:
        put_aside(record, error)
        return
    try:
        start_execution(request, record.message_id)
    except Exception as error:
        # A partial batch response hides the failure from Lambda's own count of errors.
        logger.warning("not started", id=id_of(request), message_id=record.message_id, reason=str(error))
        metrics.add_metric("StartFailed", MetricUnit.Count, 1)
        raise


def start_execution(request: Request, message_id: str) -> None:
    """Starts `<id>--<message id>`; if it exists, the message was delivered before, and nothing is left to do."""
    id_ = id_of(request)
    name = execution_name(id_, message_id)
    execution_input = json.dumps(input_of(request, name))
    try:
        sfn.start_execution(stateMachineArn=STATE_MACHINE_ARN, name=name, input=execution_input)
    except sfn.exceptions.ExecutionAlreadyExists:
        logger.info("execution already exists", id=id_, execution=name)
        metrics.add_metric("ExecutionAlreadyExists", MetricUnit.Count, 1)
        return
    logger.info("execution started", id=id_, execution=name)
    metrics.add_metric("ExecutionStarted", MetricUnit.Count, 1)


def input_of(request: Request, execution: str) -> dict[str, Any]:
    """Returns the execution's input: what the workflow decides by, and the request itself or its address."""
    full, id_ = with_defaults(request), id_of(request)
    return {
        "id": id_,
        "url": public_url(request),
        "request_hash": request_hash(request),
        "reuse": full["reuse"],
        "expires_in_days": full["expiresInDays"],
        "extension": EXTENSIONS[full["format"]],
        "unfinished_shard": unfinished_shard(id_),
        "job": job_of(request, execution),
    }


def job_of(request: Request, execution: str) -> dict[str, Any]:
    """Returns `{"request": …}`, or `{"request_reference": {bucket, key}}` for a large or secret request."""
    if not goes_by_reference(request):
        return {"request": request}
    key = request_key(execution)
    s3.put_object(Bucket=BUCKET_NAME, Key=key, Body=json.dumps(request).encode(), ContentType="application/json")
    return {"request_reference": {"bucket": BUCKET_NAME, "key": key}}


def goes_by_reference(request: Request) -> bool:
    """Whether the request is stored in the bucket: if it has secrets, which must not be in the history, or is too
    large.
    """
    secret = not SECRET_FIELDS.isdisjoint(request) or holds_secret(request.get("url", ""))
    return secret or len(json.dumps(json.dumps(request))) > INLINE_LIMIT


def put_aside(record: SQSRecord, error: InvalidRequestError) -> None:
    """Moves an invalid message to the DLQ at once, with the reason and the field, because no retry could help."""
    try:
        send_aside(record, error)
    except Exception as refused:
        # The batch response hides it from Lambda's own count of errors.
        logger.warning("not put aside", message_id=record.message_id, reason=str(refused))
        metrics.add_metric("PutAsideFailed", MetricUnit.Count, 1)
        raise
    logger.warning("message put aside", message_id=record.message_id, reason=error.message, field=error.field)
    metrics.add_metric("InvalidRequest", MetricUnit.Count, 1)


def send_aside(record: SQSRecord, error: InvalidRequestError) -> None:
    """Sends the message to the DLQ with the reason and the field as attributes."""
    sqs.send_message(
        QueueUrl=DEAD_LETTER_QUEUE_URL,
        MessageBody=fitting(record.body),
        MessageAttributes={
            "error_code": _text(error.code),
            "error_message": _text(error.message),
            "error_field": _text(error.field or "message"),
            "message_id": _text(record.message_id),
            # SQS records the starter as the sender of this copy, but operators need the sender of the original.
            "sender": _text(record.raw_event.get("attributes", {}).get("SenderId") or "unknown"),
        },
    )


def fitting(body: str) -> str:
    """Returns the body, cut so that the attributes still fit."""
    return body.encode(errors="replace")[: MESSAGE_BYTES - ATTRIBUTE_BYTES].decode(errors="ignore")


def _text(value: str) -> Any:
    return {"DataType": "String", "StringValue": plain(value)}
