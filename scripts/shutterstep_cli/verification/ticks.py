"""The ticks that every stack must show, here and on AWS, decided from the trial's record and the observed stack."""

from collections.abc import Iterator

from shutterstep_cli.verification.checklist import Tick, not_applicable, tick
from shutterstep_cli.verification.observed import Observed
from shutterstep_cli.verification.trial import GIVEN_BACK_WITHIN_SECONDS, RACE_REASON
from shutterstep_cli.verification.trial_record import TrialRecord

SKIP_REASONS = ("already_processed", "already_processing", RACE_REASON, "conflicting_request")
RENDERED = ("unique", "held", "stopped", "lost", "race", "load")
STOPPED_ERRORS = {"Render.TaskStopped", "States.HeartbeatTimeout"}


def ticks(record: TrialRecord, observed: Observed) -> Iterator[Tick]:
    """Yields the ticks in the order in which a message passes the parts."""
    yield everything_ended(record, observed)
    yield one_render_an_id(record, observed)
    yield every_skip_reason(observed)
    yield invalid_message(record, observed)
    yield page_that_is_down(record, observed)
    yield claim_given_back(record)
    yield task_lost(record, observed)
    yield workers_replaced(record, observed)
    yield replayed(record, observed)
    yield queues_empty(observed)
    yield conditions_handled(observed)
    yield releases_succeeded(observed)
    yield pictures_and_items(observed)


def everything_ended(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that each message has an execution, and that it has ended."""
    name = "everything ended"
    lost = [one.execution for one in record.messages if one.execution not in observed.executions]
    running = [one.name for one in observed.executions.values() if one.status == "RUNNING"]
    broken = [f"no execution: {one}" for one in lost] + [f"still running: {one}" for one in running]
    found = f"{len(record.messages)} messages and starts, {len(observed.executions)} executions, none running"
    return tick(name, found, broken, record.late)


def one_render_an_id(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that exactly one picture was committed for each page."""
    commits, ids = observed.commits(), record.ids(*RENDERED)
    owners = {id_: ", ".join(sorted(commits.get(id_, ()))) for id_ in ids}
    broken = [
        f"{id_}: {len(commits.get(id_, ()))} committed pictures, by {owners[id_] or 'nobody'}"
        for id_ in ids
        if len(commits.get(id_, ())) != 1
    ]
    asked = {id_: sum(one.id == id_ for one in record.messages) for id_ in ids}
    evidence = [f"{id_}: asked for {asked[id_]} times, committed by {owners[id_]}" for id_ in ids]
    return tick("one render an id", f"{len(ids)} ids, each with one committed picture", broken, evidence)


def every_skip_reason(observed: Observed) -> Tick:
    """Checks that each of the four skip reasons was the output of an execution."""
    seen = {one.reason: one.name for one in observed.executions.values() if one.outcome == "skipped"}
    broken = [f"{reason} was never seen" for reason in SKIP_REASONS if reason not in seen]
    evidence = [f"{reason}: {name}" for reason, name in sorted(seen.items())]
    return tick("each skip reason seen", f"{len(seen)} of {len(SKIP_REASONS)} reasons", broken, evidence)


def invalid_message(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that the invalid message is in the dead-letter queue, with its reason."""
    id_ = f"{record.prefix}invalid"
    lines = [line for line in observed.dead_letters if line.id == id_]
    broken = [] if lines else [f"{id_} is not in the dead-letter queue"]
    broken += [f"{id_} is there without a reason" for line in lines if not (line.error_code and line.reason)]
    started = [name for name in observed.executions if name.startswith(id_)]
    broken += [f"{name} was started nevertheless" for name in started]
    others = [line.id for line in observed.dead_letters if line.id != id_]
    broken += [f"{other} is in the dead-letter queue too" for other in others]
    evidence = [f"{line.id}: {line.error_code}, {line.reason}" for line in lines]
    return tick("invalid message in the DLQ with its reason", "one dead letter, with code and reason", broken, evidence)


def page_that_is_down(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that a page that cannot be rendered becomes a failed item with its error code, and a failed execution."""
    name, broken, evidence = "a page that is down fails with its code", [], []
    for id_ in record.ids("down"):
        item = observed.items.get(id_, {})
        code = str(item.get("error_code", ""))
        if item.get("status") != "failed" or not code.startswith("Render."):
            broken.append(f"{id_}: status {item.get('status', 'no item')}, code {code or 'none'}")
        evidence.append(f"{id_}: {code}, {item.get('error_message', '')}")
    return tick(name, "failed, with a code of the renderer", broken, evidence)


def claim_given_back(record: TrialRecord) -> Tick:
    """Checks that the stopped execution freed its id long before the lease would have expired."""
    name, seconds = "claims are given back within seconds", record.given_back_seconds
    if seconds is None:
        return tick(name, "", ["the claim of the stopped execution was not given back"], [])
    late = seconds > GIVEN_BACK_WITHIN_SECONDS
    broken = [f"given back after {seconds:g} s, more than {GIVEN_BACK_WITHIN_SECONDS} s"] if late else []
    if not record.given_back_code.startswith("Shutterstep."):
        broken.append(f"the item does not say why: {record.given_back_code or 'no code'}")
    evidence = [f"{id_}: {record.given_back_code}" for id_ in record.ids("stopped")]
    return tick(name, f"{seconds:g} s after StopExecution", broken, evidence)


def task_lost(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that the page whose task was stopped has its picture from another attempt."""
    name = "a stopped task's page is rendered by another"
    if not record.stopped_task:
        return tick(name, "", ["no task could be found to stop"], [])
    (id_,) = record.ids("lost")
    status = observed.items.get(id_, {}).get("status", "no item")
    broken = [] if status == "success" else [f"{id_}: {status}"]
    if not record.pool and not STOPPED_ERRORS & set(record.lost_errors):
        broken.append(f"its execution was not told of the stop: {', '.join(record.lost_errors) or 'no failed attempt'}")
    evidence = [f"stopped: {record.stopped_task}", f"failed attempts: {', '.join(record.lost_errors) or 'none'}"]
    return tick(name, f"{id_}: {status}", broken, evidence)


def workers_replaced(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that a deployment of the workers loses no page that they are rendering."""
    name = "workers are replaced under load"
    if not record.pool:
        return not_applicable(name, "the stack starts a task for each picture: there are no workers to replace")
    ids = record.ids("load")
    broken = [] if record.workers_after else ["the workers were not replaced"]
    failed = [id_ for id_ in ids if observed.items.get(id_, {}).get("status") != "success"]
    broken += [f"{id_}: {observed.items.get(id_, {}).get('status', 'no item')}" for id_ in failed]
    evidence = [f"before: {', '.join(record.workers_before)}", f"after: {', '.join(record.workers_after)}"]
    return tick(name, f"{len(record.workers_before)} replaced, {len(ids)} pages rendered meanwhile", broken, evidence)


def replayed(record: TrialRecord, observed: Observed) -> Tick:
    """Checks that the stopped execution succeeds when replayed, and that the page still down fails under a new name."""
    outcomes = {line.id: observed.executions.get(line.new_execution.rpartition(":")[2]) for line in record.replays}
    broken = []
    for part, wanted in (("stopped", "success"), ("down", "failed")):
        for id_ in record.ids(part):
            execution = outcomes.get(id_)
            outcome = execution.outcome if execution else "not replayed"
            broken += [] if outcome == wanted else [f"{id_}: {outcome} instead of {wanted}"]
    evidence = [f"{line.id}: {line.outcome} as {line.new_execution.rpartition(':')[2]}" for line in record.replays]
    return tick("failed executions can be replayed", f"{len(outcomes)} executions replayed", broken, evidence)


def queues_empty(observed: Observed) -> Tick:
    """Checks that no message waits or is in flight."""
    broken = [f"{name}: {count} messages" for name, count in observed.waiting.items() if count]
    return tick("queues are empty", ", ".join(observed.waiting), broken, [])


def conditions_handled(observed: Observed) -> Tick:
    """Checks that refused conditional writes were handled by the workflow and never ended an execution."""
    failed = [one for one in observed.executions.values() if "ConditionalCheckFailed" in one.error_code]
    skipped = sum(one.outcome == "skipped" for one in observed.executions.values())
    broken = [f"{one.name}: {one.error_code}" for one in failed]
    return tick("no conditional error unhandled", f"{skipped} refused claims ended as skips", broken, [])


def releases_succeeded(observed: Observed) -> Tick:
    """Checks that the workflow that gives claims back did not fail."""
    broken = [f"{name}: {status}" for name, status in observed.releases.items()]
    return tick("the release workflow did not fail", "no failed release", broken, [])


def pictures_and_items(observed: Observed) -> Tick:
    """Checks that each item's picture is stored with the item's SHA-256, and that no picture is without an item."""
    finished = {id_: item for id_, item in observed.items.items() if item["status"] == "success"}
    broken = []
    for id_, item in finished.items():
        stored = observed.pictures.get(item["s3_key"], "")
        if stored != item["sha256"]:
            broken.append(f"{id_}: the item says {item['sha256'][:12]}, the picture is {stored[:12] or 'gone'}")
    owners = {key: key.split("/")[1] for key in observed.pictures}
    broken += [f"{key}: no item" for key, id_ in owners.items() if id_ not in observed.items]
    evidence = [f"{item['s3_key']}: {item['sha256']}" for item in finished.values()]
    spare = len(observed.pictures) - len(finished)
    found = f"{len(finished)} items, each with its picture; {spare} stored pictures of attempts that lost"
    if not finished:
        broken.append("no picture was rendered")
    return tick("every picture has its item and its SHA-256", found, broken, evidence)
