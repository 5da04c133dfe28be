"""The executions that the console shows, page by page; each is described when it starts and when it has ended."""

from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any

from shutterstep_cli.console.recent import Recent
from shutterstep_cli.stack.executions import Execution, Story, read_execution, read_graph, read_history
from shutterstep_cli.stack.items import plain
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.graph import Graph

PAGE = 50
# The quota of DescribeExecution is 15 a second sustained; eight at once fill a page well within its burst.
READERS = 8
KEPT_EXECUTIONS = 5_000
LIST_SECONDS = 1.0
GRAPH_SECONDS = 300.0


@dataclass(frozen=True)
class Row:
    """An execution, and how often its id was claimed so far; None if the execution never had the claim."""

    execution: Execution
    attempts: int | None


@dataclass(frozen=True)
class Page:
    """Executions, the newest first; `next_token` leads to older ones, and is None on the last page."""

    rows: tuple[Row, ...]
    next_token: str | None


# A call may leave keys out when the table is busy. Keys missing after this many calls appear at the next refresh.
BATCH_CALLS = 4


class ExecutionsCache:
    """Reads executions of one stack; several threads may use it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.machine = target.outputs["StateMachineArn"]
        self.sfn, self.dynamodb = target.client("stepfunctions"), target.client("dynamodb")
        self._known: OrderedDict[str, Execution] = OrderedDict()
        self._lock = Lock()
        self._pages: Recent[Page] = Recent(LIST_SECONDS)
        self._graphs: Recent[Graph] = Recent(GRAPH_SECONDS, keys=256)
        self._readers = ThreadPoolExecutor(READERS, "describe")

    def page(self, status: str = "", token: str | None = None) -> Page:
        """Returns a page of executions, with one status of Step Functions (`RUNNING`, `FAILED`, …) or with any."""
        return self._pages.get((status, token), lambda: self._read_page(status, token))

    def _read_page(self, status: str, token: str | None) -> Page:
        wanted = {"statusFilter": status} if status else {}
        wanted |= {"nextToken": token} if token else {}
        found = self.sfn.list_executions(stateMachineArn=self.machine, maxResults=PAGE, **wanted)
        described = self._readers.map(self._described, found["executions"])
        executions = sorted(described, key=lambda execution: execution.started_at, reverse=True)
        owners = self._owners({execution.id for execution in executions if execution.id})
        rows = tuple(Row(execution, _attempts(owners, execution)) for execution in executions)
        return Page(rows, found.get("nextToken"))

    def _described(self, listed: dict[str, Any]) -> Execution:
        return self.execution(listed["executionArn"], status=listed["status"])

    def execution(self, arn: str, status: str = "") -> Execution:
        """Returns the execution, read again if it may have changed. Raises ExecutionNotFoundError.

        `status` is the status from a list; without it, only an execution that has ended comes from the cache.
        """
        with self._lock:
            known = self._known.get(arn)
        if known is not None and known.status == (status or known.status) and (status or known.stopped_at):
            return known
        return self._remember(read_execution(self.target, arn))

    def _remember(self, execution: Execution) -> Execution:
        with self._lock:
            self._known[execution.arn] = execution
            self._known.move_to_end(execution.arn)
            while len(self._known) > KEPT_EXECUTIONS:
                self._known.popitem(last=False)
        return execution

    def story(self, execution: Execution) -> Story:
        """Returns the execution with its graph, which is read once, and its history, which is read each time."""
        graph = self._graphs.get(execution.arn, lambda: read_graph(self.target, execution.arn))
        return Story(execution, graph, read_history(self.target, execution.arn, graph))

    def _owners(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Returns the claim and the attempts of each item, by id; a page has fewer ids than one call may read."""
        keys = [{"id": {"S": id_}} for id_ in sorted(ids)]
        if not keys:
            return {}
        asked = {"Keys": keys, "ProjectionExpression": "id, claim, attempts"}
        table = self.target.outputs["TableName"]
        wanted, owners = {table: asked}, {}
        for _ in range(BATCH_CALLS):
            found = self.dynamodb.batch_get_item(RequestItems=wanted)
            owners |= {item["id"]: item for item in map(plain, found["Responses"].get(table, []))}
            wanted = found.get("UnprocessedKeys")
            if not wanted:
                break
        return owners

    def attempts(self, execution: Execution) -> int | None:
        """Returns how often the execution's id was claimed so far; None if the execution does not hold the claim."""
        return _attempts(self._owners({execution.id} - {""}), execution)

    def forget(self) -> None:
        """Forgets the cached pages, so that the next call reads again; called when something was started."""
        self._pages.forget()


def _attempts(owners: dict[str, dict[str, Any]], execution: Execution) -> int | None:
    item = owners.get(execution.id, {})
    return item.get("attempts") if item.get("claim") == execution.name else None
