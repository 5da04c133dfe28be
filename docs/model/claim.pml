/*
 * The claim of one id, as the workflows make it: screenshot, release and sweep in statemachine/.
 *
 * Every DynamoDB write is one `atomic` block: its condition and its update happen at once or not at all. All else may
 * interleave: executions may be stopped or time out between any two steps, a write that was sent may land after its
 * sender's end, an answer may be lost and the write sent again, an event may come late, twice or never.
 *
 * -DREDELIVERY     workers die with a job, and a job is delivered again; with one execution less
 * -DSKEW           a lease may run out while its owner still works (clocks differ, an owner is paused)
 * Each of these takes one condition away, and spin must find what it was for:
 * -DNO_FENCE       MarkSuccess and MarkFailed without `claim = :claim`
 * -DNO_LEASE       Claim takes an item at work without looking at its lease
 * -DNO_TAKEOVER    nobody looks at the lease: an item at work is left to its owner, dead or alive
 * -DANY_OWN_CLAIM  Claim sent again passes by `claim = :claim`, also when the item is finished
 * -DSWEEP_ALL      the sweep takes an item at work without looking at its lease
 * -DONE_KEY        all deliveries of a job write their picture under one key
 * -DANY_OWN_FAILURE  MarkFailed passes by `claim = :claim` alone, also over the owner's own success
 */
#ifdef REDELIVERY
#define EXECUTIONS 1
#else
#define EXECUTIONS 2 /* messages of one id, replays among them: all are executions of their own */
#endif
#define LAST EXECUTIONS /* the message that comes when all others are over */
#define NOBODY 255

mtype = { absent, processing, success, failed };

/* The item. `lease` says whether lease_expires_at lies in the future; `picture` is whose result it points to. */
mtype status = absent;
byte claim = NOBODY;
bool lease = false;
byte picture = NOBODY;

/* What the world knows of each execution: it was stopped or ran out of time, or came to its own end. */
bool ended[EXECUTIONS + 1];

/* Whose answer the token of an execution took: the number of a delivery of its job, 0 for none yet. */
byte answer[EXECUTIONS + 1];

byte commits = 0; /* how often the item came to point to a picture */
byte owners = 0;  /* executions at work, from a won claim to their last write or their end */
bool owns[EXECUTIONS + 1];

#ifdef NO_LEASE
#define TAKES_OVER (status == processing)
#else
#define TAKES_OVER (status == processing && !AT_WORK)
#endif

#ifdef NO_TAKEOVER
#define AT_WORK (status == processing)
#else
#define AT_WORK (status == processing && lease)
#endif

/* LookUpOwner: the claim was written, and only its answer was lost. */
#define IS_MINE (claim == me && status == processing)

#ifdef ANY_OWN_CLAIM
#define OWN_AGAIN (claim == me)
#else
#define OWN_AGAIN false
#endif

#ifdef NO_FENCE
#define MAY_FINISH true
#else
#define MAY_FINISH (claim == me)
#endif

#ifdef ANY_OWN_FAILURE
#define MAY_FAIL MAY_FINISH
#else
#define MAY_FAIL (MAY_FINISH && status == processing)
#endif

#ifdef REDELIVERY
#define ANSWERED answer[me]
#else
#define ANSWERED true
#endif

#ifdef ONE_KEY
#define KEY_OF(delivery) 1
#else
#define KEY_OF(delivery) delivery
#endif

#define CLAIMABLE (status == absent || status == failed || OWN_AGAIN || TAKES_OVER)

inline write_claim() {
    status = processing; claim = me; lease = true; picture = NOBODY
}

inline own() {
    if
    :: !owns[me] && !ended[me] -> owns[me] = true; owners++
    :: else
    fi;
    /* Two at work on one id would render twice. With skewed clocks that can happen; the fence still holds. */
#ifndef SKEW
    assert(owners <= 1)
#endif
}

inline disown() {
    if
    :: owns[me] -> owns[me] = false; owners--
    :: else
    fi
}

inline write_success() {
    atomic {
        disown();
        if
        :: MAY_FINISH ->
            if
            :: status == success && picture == me /* the same write, sent again */
            :: else -> commits++
            fi;
            status = success; picture = me;
            /* One picture an id: a late owner never replaces a newer one's. */
            assert(commits <= 1)
        :: else
        fi
    }
}

inline write_failed() {
    atomic {
        disown();
        if
        :: MAY_FAIL ->
            /* A finished picture is never unmade. */
            assert(status != success);
            status = failed
        :: else
        fi
    }
}

/* The screenshot workflow. `ended[me]` may become true before any step; a write that was sent lands all the same. */
proctype Execution(byte me) {
Claim:
    if
    :: ended[me] -> goto Over
    :: else
    fi;
    atomic {
        if
        :: CLAIMABLE -> write_claim(); own()
        :: else -> goto LookUpOwner
        fi
    };
    if
    :: skip
    :: run LateClaim(me) /* the answer was lost, the write is sent again, and the first lands whenever it likes */
    :: goto LookUpOwner /* the answer was lost, and the write that is sent again finds the claim taken: by itself */
    fi;
Render: /* RenderOnTask, RenderInPool */
#ifdef REDELIVERY
    if
    :: atomic { !ended[me] -> answer[me] = 1 } /* the first worker uploads and answers; the job may come again all the same */
    :: skip /* it dies */
    fi;
    if
    :: run DeliveredAgain(me)
    :: answer[me] || me != LAST
    fi;
#endif
    if
    :: !ended[me] && ANSWERED -> write_success()
    :: !ended[me] && ANSWERED -> write_success(); write_failed() /* MarkSuccess landed, but every answer to it was lost */
    :: !ended[me] && me != LAST -> write_failed()
    :: ended[me]
    fi;
    goto Over;
LookUpOwner:
    if
    :: ended[me] -> goto Over
    :: IS_MINE -> goto Render
    :: !IS_MINE && (status == success || AT_WORK) -> goto Over /* a Skip */
    :: else -> goto Claim /* the owner ended meanwhile: the id is free */
    fi;
Over:
    atomic { ended[me] = true; disown() }
}

/* The second delivery of a job: its worker uploads and answers whenever it likes, or dies. The last message's lives. */
proctype DeliveredAgain(byte me) {
    if
    :: atomic {
           /* A picture that an item points to never changes. */
           assert(!(status == success && picture == me && answer[me] == 1 && KEY_OF(1) == KEY_OF(2)));
           if
           :: !answer[me] && !ended[me] -> answer[me] = 2
           :: else /* the token is gone */
           fi
       }
    :: me != LAST
    fi
}

proctype LateClaim(byte me) {
    atomic {
        if
        :: CLAIMABLE -> write_claim()
        :: else
        fi
    }
}

/* StopExecution, or the execution's own TimeoutSeconds; then its event, which may come twice or be lost. */
proctype Outside(byte me) {
    if
    :: atomic { !ended[me] -> ended[me] = true; disown() };
        if
        :: run Release(me)
        :: run Release(me); run Release(me)
        :: skip
        fi
    :: skip
    fi
}

/* The release workflow: gives the claim back, while that execution holds it. */
proctype Release(byte me) {
    atomic {
        if
        :: claim == me && status == processing -> status = failed
        :: else
        fi
    }
}

/* The sweep workflow: whatever became of the owner and of its event, a claim beyond its lease is given back. */
active proctype Sweep() {
end:
    do
#ifdef SWEEP_ALL
    :: atomic { status == processing -> status = failed }
#else
    :: atomic { status == processing && !lease -> status = failed }
#endif
    od
}

/* Time: a lease outlives its owner's execution, since it is longer than the execution's TimeoutSeconds. */
active proctype Clock() {
end:
    do
#ifdef SKEW
    :: atomic { status == processing && lease -> lease = false }
#else
    :: atomic { status == processing && lease && ended[claim] -> lease = false }
#endif
    od
}

/* However the others ended, the next message brings the picture, if the page can be rendered: no id is lost. */
active proctype NextMessage() {
    byte i;
    atomic {
        for (i : 0 .. EXECUTIONS - 1) {
            run Execution(i);
            run Outside(i)
        }
    };
    /* Only the clock, the sweep and this process are left, and no lease holds. */
    (_nr_pr == 3 && !(status == processing && lease));
    run Execution(LAST);
    (_nr_pr == 3);
    assert(status == success);
    assert(commits == 1)
}
