/*
 * The protocol that makes a release safe, for one node with two interfaces: node lease, mark, create-fence, config bump, intent,
 * tombstone; an allocator that may be paused or crash anywhere, its refill, two reclaimers, and requests that EC2 executes
 * late. What it leaves out: docs/model.md. How it is run: `npm run model`.
 *
 * A pause needs no words here: every process may stand still between any two of its steps for as long as all others like.
 * What one `d_step` holds happens at once: a compare-and-swap, or a read.
 *
 * Macros that choose a configuration:
 *   ADDRESSES=n     how many addresses (1)
 *   FAULTS=n        at most n faults in all (a crash, a lost answer, a lease that ends while its holder works), marks only where an
 *                   address looks leaked, hand-over upon request; without it faults and marks come at any time, without limit
 *   PROGRESS        for the two checks of progress, with FAULTS: nothing lasts for ever once the faults have stopped
 *   BAD_CLOCK       a reclaimer's own clock may say that its lease is there long after it is lost
 *   TENANTS         another tenant of the VPC takes free addresses, and gives them back
 *   RECOVERY        the allocator pools what EC2 shows and nobody has
 *   NO_...          takes one rule away
 */
#ifndef ADDRESSES
#define ADDRESSES 1
#endif

/* Who holds the node lease, and who reads and writes an object. DEAD is a reclaimer that will never give it back. */
#define NOBODY 0
#define ALLOCATOR 1
#define DEAD 4

/* The run that an intent names: that of reclaimer 2 or 3, or one that has ended. */
#define ENDED_RUN 1

/* Where EC2 has an address: free, on interface 1 or 2, or with another tenant of the VPC. */
#define FREE 0
#define TENANT 3

/* A tombstone stands until no request from before it can be accepted any more; then it is over, and its record may end. */
#define STANDS 1
#define OVER 2

/* A request from its intent to its answer. An OLD one is from before the latest tombstone, and can't outlive it. */
#define NEW 1
#define OLD 2
#define EXPIRED 3

/* What a reclaimer's lease, as it took it, says of the last allocator: still the last; or one has come since and has not reported. */
#define CURRENT 1
#define BEFORE 2

#define AT(a, i) ((a) * 2 + (i) - 1)
#define OF(a, who) ((a) * 3 + (who) - 1)

/* EC2, and the data plane of the node: the interface on which a live sandbox uses the address. */
byte location[ADDRESSES];
byte sandbox[ADDRESSES];
byte stray[ADDRESSES * 2]; /* a request that nobody waits for any more */

/* VpcIP, one an address: its name is the lock. The Pod is that of its claim. */
bit exists[ADDRESSES];
bit claimed[ADDRESSES];
bit pod[ADDRESSES];
bit marked[ADDRESSES];
byte recordInterface[ADDRESSES];
byte intentRun[ADDRESSES];
byte intentInterface[ADDRESSES];
bit intentBuried[ADDRESSES]; /* a tombstone was written on the intent's interface after it */
byte tombstone[ADDRESSES * 2];

/* NodeENIConfig. The report is what the allocator wrote when it last handed over. */
bit pool[ADDRESSES * 2];
bit cooling[ADDRESSES * 2];
bit refillOpen;
bit reportedInUse[ADDRESSES];

/* Lease. */
byte holder = NOBODY;
bit reportHolds; /* no allocator has acquired the lease since the report */
bit asked[2];

/* resourceVersion: whether an object is still as its reader last saw it. A compare-and-swap succeeds only then. */
bit configSeen[3];
bit recordSeen[ADDRESSES * 3];

/* The allocator's process: whether it believes that the lease is its own, and whether the refill under way is of this life. */
bit believes;
bit refillLives;

/* Each reclaimer: what it knows of the report, and its request: on which address and interface. */
byte knows[2];
byte request[2];
byte requestAddress[2];
byte requestInterface[2];

#ifdef FAULTS
byte faults = FAULTS;
#define FAULT (faults > 0)
#define SPEND faults--
#define NOT_ASKED (!asked[0] && !asked[1])
#define ASKED (asked[0] || asked[1])
#define ANSWERED (ASKED && reportHolds) /* while a request is fresh no new operation starts */
#define HELD_BY_ALLOCATOR ALLOCATOR
#define LEASE_NO_LONGER_MATTERS(who) skip
#define DIED DEAD
#define MAY_BE_TOO_LATE(who, r) (!IN_TIME(who) || request[r] == EXPIRED)
#else
#define FAULT true
#define SPEND skip
#define NOT_ASKED true
#define ASKED true
#define ANSWERED false /* a request may expire at any moment */
/* Where any lease may end at any moment, one that the allocator has is as good as free: fewer states, the same behaviour. */
#define HELD_BY_ALLOCATOR NOBODY
#define LEASE_NO_LONGER_MATTERS(who) if :: holder == who -> holder = NOBODY :: else fi
#define DIED NOBODY
#define MAY_BE_TOO_LATE(who, r) true
#endif

/* Free, or left by a dead one. A lease may also end at any moment, and be taken over from a holder that works on: a fault. */
#define FREE_LEASE (holder == NOBODY || holder == DEAD)

/* Whether, after signing, the own clock says that the lease is still there. */
#ifdef BAD_CLOCK
#define IN_TIME(who) true
#else
#define IN_TIME(who) (holder == who)
#endif

#define CONFIG_WRITTEN(who) configSeen[0] = 0; configSeen[1] = 0; configSeen[2] = 0; configSeen[who - 1] = 1
#define RECORD_WRITTEN(a, who) recordSeen[OF(a, 1)] = 0; recordSeen[OF(a, 2)] = 0; recordSeen[OF(a, 3)] = 0; recordSeen[OF(a, who)] = 1
#define RECORD_FORGOTTEN(a, who) recordSeen[OF(a, who)] = 0

#define BOUND(a, i) (tombstone[AT(a, i)] != 0)
#define HAS_TOMBSTONE(a) (tombstone[AT(a, 1)] != 0 || tombstone[AT(a, 2)] != 0)
#define HAS_STANDING(a) (tombstone[AT(a, 1)] == STANDS || tombstone[AT(a, 2)] == STANDS)
#define HELD(a) (pool[AT(a, 1)] || pool[AT(a, 2)] || cooling[AT(a, 1)] || cooling[AT(a, 2)])
#define ON_INTERFACE(where) (where == 1 || where == 2)

#ifdef NO_BINDING
#define ADOPTABLE(a, i) (!claimed[a] && intentRun[a] == 0)
#else
#define ADOPTABLE(a, i) (!claimed[a] && intentRun[a] == 0 && !BOUND(a, i))
#endif

#define NOTHING_BUT_ENDED(a) (exists[a] && !claimed[a] && !marked[a] && intentRun[a] == 0 && HAS_TOMBSTONE(a) && !HAS_STANDING(a))
#define DUE(a) (exists[a] && (marked[a] || intentRun[a] != 0 || NOTHING_BUT_ENDED(a)))

/* The claim, the mark and the intent go. What is left is nothing, or the tombstones. */
inline strip(a) {
  claimed[a] = 0; pod[a] = 0; marked[a] = 0;
  intentRun[a] = 0; intentInterface[a] = 0; intentBuried[a] = 0;
  if
  :: HAS_TOMBSTONE(a)
  :: else -> exists[a] = 0; recordInterface[a] = 0
  fi
}

/* Only what was over when the run decided, before its bump: another may have ended since, and a refill begun. */
inline dropEnded(a) {
#ifdef JUDGES_TOMBSTONES_LATE
  if :: tombstone[AT(a, 1)] == OVER -> tombstone[AT(a, 1)] = 0 :: else fi;
  if :: tombstone[AT(a, 2)] == OVER -> tombstone[AT(a, 2)] = 0 :: else fi
#else
  if :: over % 2 == 1 && tombstone[AT(a, 1)] == OVER -> tombstone[AT(a, 1)] = 0 :: else fi;
  if :: over > 1 && tombstone[AT(a, 2)] == OVER -> tombstone[AT(a, 2)] = 0 :: else fi
#endif
}

/* A tombstone outlives every request that was sent or decided before it. */
inline entomb(a, i) {
#ifdef NO_TOMBSTONE
  skip
#else
  tombstone[AT(a, i)] = STANDS;
  if :: intentRun[a] != 0 && intentInterface[a] == i -> intentBuried[a] = 1 :: else fi;
  if :: stray[AT(a, i)] == NEW -> stray[AT(a, i)] = OLD :: else fi;
  if :: request[0] == NEW && requestAddress[0] == a && requestInterface[0] == i -> request[0] = OLD :: else fi;
  if :: request[1] == NEW && requestAddress[1] == a && requestInterface[1] == i -> request[1] = OLD :: else fi
#endif
}

/* EC2 executes an Unassign: only where the address is there now. */
inline unassign(a, i) {
  if
  :: location[a] == i ->
     printf("EC2: executes Unassign: address %d leaves interface %d\n", a, i);
     if
     :: sandbox[a] == i -> printf("VIOLATED: a live sandbox uses it there\n"); assert(false)
     :: else
     fi;
     location[a] = FREE
  :: else -> printf("EC2: executes Unassign: address %d is not on interface %d, nothing happens\n", a, i)
  fi
}

/* ------------------------------------------------------------------------------------------------ the allocator */

#ifdef PROGRESS
#define LOOKS_FREE(a, i) (!exists[a] || ADOPTABLE(a, i))
#else
#define LOOKS_FREE(a, i) true /* it chooses from the pool alone: the create decides */
#endif

/* A report that nobody can rely on any more need not be remembered. */
inline forgetReport() {
  if
  :: reportHolds || knows[0] == BEFORE || knows[1] == BEFORE
  :: else ->
     reportedInUse[0] = 0;
#if ADDRESSES > 1
     reportedInUse[1] = 0
#endif
  fi
}

inline crash() {
  d_step {
    FAULT -> SPEND;
    printf("allocator: crashes\n");
    if :: refillLives -> refillOpen = 0 :: else fi; /* nobody will record that refill */
    believes = 0; refillLives = 0; configSeen[ALLOCATOR - 1] = 0; RECORD_FORGOTTEN(a, ALLOCATOR);
    a = 0; i = 0
  }
}

/* What it may begin with an address and an interface while it believes that the lease is its own. */
#define BEGIN(A, I) \
  :: d_step { NOT_ASKED && pool[AT(A, I)] && sandbox[A] == 0 && LOOKS_FREE(A, I) -> a = A; i = I; \
       printf("allocator: chooses address %d on interface %d from its pool\n", a, i) }; goto add \
  :: d_step { NOT_ASKED && sandbox[A] == I -> a = A; i = I; sandbox[A] = 0; \
       printf("allocator: the sandbox with address %d on interface %d is down\n", a, i) }; goto del \
  :: d_step { NOT_ASKED && cooling[AT(A, I)] && configSeen[ALLOCATOR - 1] -> \
       cooling[AT(A, I)] = 0; pool[AT(A, I)] = 1; CONFIG_WRITTEN(ALLOCATOR); \
       printf("allocator: address %d on interface %d has cooled down and is pooled\n", A, I) } \
  :: d_step { NOT_ASKED && pool[AT(A, I)] && sandbox[A] == I && configSeen[ALLOCATOR - 1] -> \
       pool[AT(A, I)] = 0; CONFIG_WRITTEN(ALLOCATOR); \
       printf("allocator: takes address %d, which is in use, out of its pool\n", A) }

#ifdef RECOVERY
/* After a restart: what EC2 shows on an interface and nobody has is pooled. */
#ifdef RECOVERY_IGNORES_INTENT
#define RECOVERABLE(A, I) (!exists[A] || (!claimed[A] && !BOUND(A, I)))
#else
#define RECOVERABLE(A, I) (!exists[A] || ADOPTABLE(A, I))
#endif
#define RECOVER(A, I) \
  :: d_step { NOT_ASKED && location[A] == I && !HELD(A) && sandbox[A] == 0 && RECOVERABLE(A, I) -> a = A; i = I; \
       printf("allocator: recovery finds address %d on interface %d, and nobody has it\n", a, i) }; goto recover
#else
#define RECOVER(A, I)
#endif

/* A claim without a sandbox: left by a crash. Only the record goes: whether EC2 still has the address there, it doesn't know. */
#define FINISH(A) \
  :: d_step { NOT_ASKED && exists[A] && claimed[A] && sandbox[A] == 0 && intentRun[A] == 0 -> \
       strip(A); RECORD_WRITTEN(A, ALLOCATOR); RECORD_FORGOTTEN(A, ALLOCATOR); \
       printf("allocator: deletes the claim on address %d that a crash left\n", A) }
/* The lease's own record of its last allocator changes with the acquisition: every report before it is void. */
inline acquired() {
  holder = HELD_BY_ALLOCATOR;
  if :: knows[0] == CURRENT -> knows[0] = (reportHolds -> BEFORE : 0) :: else fi;
  if :: knows[1] == CURRENT -> knows[1] = (reportHolds -> BEFORE : 0) :: else fi;
  reportHolds = 0;
  forgetReport();
  believes = 1; configSeen[ALLOCATOR - 1] = 1
}

inline report() {
  a = 0;
  do
  :: a < ADDRESSES -> reportedInUse[a] = (sandbox[a] != 0); a++
  :: else -> break
  od;
  a = 0;
  if :: knows[0] == BEFORE -> knows[0] = 0 :: else fi;
  if :: knows[1] == BEFORE -> knows[1] = 0 :: else fi;
  reportHolds = 1;
  CONFIG_WRITTEN(ALLOCATOR)
}

#ifdef NO_CREATE_FENCE
#define MAY_CREATE(a, i) true
#define TAKE_NAME(a) tombstone[AT(a, 1)] = 0; tombstone[AT(a, 2)] = 0; strip(a)
#else
#define MAY_CREATE(a, i) (!exists[a] || ADOPTABLE(a, i))
#define TAKE_NAME(a) skip
#endif

#ifdef NO_POST_CHECK
#define STILL_POOLED(a, i) true
#else
#define STILL_POOLED(a, i) pool[AT(a, i)]
#endif

#ifdef DELETES_TOMBSTONES
#define GIVE_NAME_BACK(a) tombstone[AT(a, 1)] = 0; tombstone[AT(a, 2)] = 0; strip(a)
#else
#define GIVE_NAME_BACK(a) strip(a)
#endif

#define MAY_COOL(a, i) (exists[a] && claimed[a] && recordInterface[a] == i && intentRun[a] == 0)

active proctype Allocator() {
  byte a, i;

away: /* without the lease, or with one that it knows to be lost; its config is read again with the acquisition */
  if
  :: d_step { (FREE_LEASE || holder == ALLOCATOR) && !(ANSWERED && holder == NOBODY) -> acquired(); printf("allocator: acquires the lease\n") }
  :: d_step { !FREE_LEASE && holder != ALLOCATOR && FAULT -> SPEND; acquired(); printf("allocator: takes over the lease, for it has ended\n") }
  fi;

own: /* it believes that the lease is its own, and never looks again: only its writes tell */
  do
  :: d_step { ASKED && configSeen[ALLOCATOR - 1] -> report(); printf("allocator: writes its report\n") };
     d_step {
       if
       :: holder == ALLOCATOR -> holder = NOBODY
       :: else
       fi;
       believes = 0; configSeen[ALLOCATOR - 1] = 0; printf("allocator: gives the lease over, or finds it lost\n")
     };
     goto away
  :: d_step { !configSeen[ALLOCATOR - 1] -> believes = 0; printf("allocator: a write of its config is refused, it starts anew\n") };
     goto away
  BEGIN(0, 1)
  BEGIN(0, 2)
  RECOVER(0, 1)
  RECOVER(0, 2)
  FINISH(0)
#if ADDRESSES > 1
  BEGIN(1, 1)
  BEGIN(1, 2)
  RECOVER(1, 1)
  RECOVER(1, 2)
  FINISH(1)
#endif
  :: crash(); goto away
  od;

add: /* the name is the lock: create, or adopt by compare-and-swap what nobody has claimed */
  if
  :: d_step {
       MAY_CREATE(a, i) -> TAKE_NAME(a);
       exists[a] = 1; claimed[a] = 1; pod[a] = 1; marked[a] = 0; recordInterface[a] = i;
       RECORD_WRITTEN(a, ALLOCATOR);
       printf("allocator: has the name of address %d, for a Pod on interface %d\n", a, i)
     }
  :: d_step { !MAY_CREATE(a, i) -> printf("allocator: the name of address %d is taken\n", a); a = 0; i = 0 }; goto own
  :: crash(); goto away
  fi;

  /* the config again: is it still pooled? */
  if
  :: d_step {
       STILL_POOLED(a, i) -> configSeen[ALLOCATOR - 1] = 1; RECORD_FORGOTTEN(a, ALLOCATOR);
       printf("allocator: address %d is still in its pool\n", a)
     }
  :: d_step {
       !STILL_POOLED(a, i) -> configSeen[ALLOCATOR - 1] = 1;
       if
       :: recordSeen[OF(a, ALLOCATOR)] -> GIVE_NAME_BACK(a); RECORD_WRITTEN(a, ALLOCATOR)
       :: else
       fi;
       printf("allocator: address %d is no longer in the pool of interface %d: it gives the name back\n", a, i);
       RECORD_FORGOTTEN(a, ALLOCATOR); a = 0; i = 0
     };
     goto own
  :: crash(); goto away
  fi;

  if
  :: d_step {
       printf("allocator: a sandbox uses address %d on interface %d\n", a, i);
       if
       :: location[a] != i -> printf("VIOLATED: EC2 does not have it there\n"); assert(false)
       :: sandbox[a] != 0 -> printf("VIOLATED: another sandbox has it\n"); assert(false)
       :: else
       fi;
       sandbox[a] = i; a = 0; i = 0
     };
     goto own
  :: crash(); goto away
  fi;

del: /* the sandbox is down: cooling, then the VpcIP goes; what has an intent is left to the reclaimer */
  if
  :: d_step {
       MAY_COOL(a, i) && configSeen[ALLOCATOR - 1] ->
       recordSeen[OF(a, ALLOCATOR)] = 1; pool[AT(a, i)] = 0; cooling[AT(a, i)] = 1; CONFIG_WRITTEN(ALLOCATOR);
       printf("allocator: address %d is cooling\n", a)
     }
  :: d_step { MAY_COOL(a, i) && !configSeen[ALLOCATOR - 1] -> a = 0; i = 0 }; goto own
  :: d_step { !MAY_COOL(a, i) -> a = 0; i = 0 }; goto own
  :: crash(); goto away
  fi;
  if
  :: d_step {
       if
       :: recordSeen[OF(a, ALLOCATOR)] -> GIVE_NAME_BACK(a); RECORD_WRITTEN(a, ALLOCATOR); printf("allocator: the VpcIP of address %d goes\n", a)
       :: else -> printf("allocator: the VpcIP of address %d has changed, it stays\n", a)
       fi;
       RECORD_FORGOTTEN(a, ALLOCATOR); a = 0; i = 0
     };
     goto own
  :: crash(); goto away
  fi;

#ifdef RECOVERY
recover:
  if
  :: d_step {
       if
       :: configSeen[ALLOCATOR - 1] -> pool[AT(a, i)] = 1; CONFIG_WRITTEN(ALLOCATOR); printf("allocator: recovery pools address %d\n", a)
       :: else -> printf("allocator: recovery's write is refused\n")
       fi;
       a = 0; i = 0
     };
     goto own
  :: crash(); goto away
  fi
#endif
}

/* ------------------------------------------------------------------------------------------------ its refill */

#define ASSIGN(A, I) \
  :: d_step { location[A] == FREE -> location[A] = I; a = A; i = I; printf("EC2: assigns address %d to interface %d\n", a, i) }

#ifdef NO_REFILL_ID
#define OWN_INTENT true
#else
#define OWN_INTENT refillOpen
#endif

/* The intent under the lease; EC2 outside it; the record only while the own ID is there. */
active proctype Refill() {
  byte a, i;
  do
  :: d_step {
       believes && configSeen[ALLOCATOR - 1] && !refillOpen ->
       refillOpen = 1; refillLives = 1; CONFIG_WRITTEN(ALLOCATOR);
       printf("refill: writes its intent\n")
     };
     if
     ASSIGN(0, 1)
     ASSIGN(0, 2)
#if ADDRESSES > 1
     ASSIGN(1, 1)
     ASSIGN(1, 2)
#endif
     :: true -> printf("refill: gets nothing\n")
     fi;
     d_step {
       if
       :: refillLives && OWN_INTENT ->
          refillOpen = 0; configSeen[1] = 0; configSeen[2] = 0;
          if
          :: i != 0 -> pool[AT(a, i)] = 1; printf("refill: records address %d in the pool of interface %d\n", a, i)
          :: else
          fi
       :: else -> printf("refill: its intent is gone, it records nothing\n")
       fi;
       refillLives = 0; a = 0; i = 0
     }
  od
}

/* ------------------------------------------------------------------------------------------------ the reclaimers */

#define KEEPS 0      /* nothing to do */
#define RELEASES 1   /* leaked on its interface, marked, proved */
#define DROPS 2      /* a record whose address is elsewhere, or a tombstone that is over */
#define PUTS_BACK 3  /* in use, with the intent of another run */
#define TAKES_BACK 4 /* in the pool or cooling, with the intent of another run */
#define TIDIES 5     /* has a keeper, and a mark */

#ifdef NO_REPORT
#define PROVED(r) true
#else
#define PROVED(r) ((knows[r] == CURRENT && reportHolds) || knows[r] == BEFORE)
#endif
#define IN_USE(a, r) (reportedInUse[a] && ((knows[r] == CURRENT && reportHolds) || knows[r] == BEFORE))

/* Everything at once but EC2, which was read before: what is to be done about the address? */
inline decide(a, seen, r) {
  act = KEEPS;
  if
  :: !exists[a]
  :: exists[a] && ON_INTERFACE(seen) && (IN_USE(a, r) || (!HELD(a) && claimed[a] && pod[a] && recordInterface[a] == seen)) ->
     if
     :: intentRun[a] != 0 -> act = PUTS_BACK
     :: intentRun[a] == 0 && marked[a] -> act = TIDIES
     :: NOTHING_BUT_ENDED(a) -> act = DROPS
     :: else
     fi
  :: exists[a] && ON_INTERFACE(seen) && !IN_USE(a, r) && HELD(a) ->
     if
     :: intentRun[a] != 0 -> act = TAKES_BACK
     :: intentRun[a] == 0 && marked[a] -> act = TIDIES
     :: NOTHING_BUT_ENDED(a) -> act = DROPS
     :: else
     fi
  :: else ->
     if
     :: recordInterface[a] == seen ->
        if
        :: claimed[a] && pod[a]
        :: !(claimed[a] && pod[a]) && marked[a] && PROVED(r) -> act = RELEASES
        :: NOTHING_BUT_ENDED(a) -> act = DROPS
        :: else
        fi
     :: recordInterface[a] != seen && claimed[a] ->
        if
        :: !pod[a] && marked[a] && !HELD(a) && !IN_USE(a, r) && PROVED(r) -> act = DROPS
        :: else
        fi
     :: recordInterface[a] != seen && !claimed[a] ->
        if
        :: HAS_STANDING(a) && !marked[a] && intentRun[a] == 0
        :: else -> act = DROPS
        fi
     fi
  fi;
#ifdef NO_AFRESH
  /* what another run has begun is finished, whatever the look says */
  if
  :: exists[a] && intentRun[a] != 0 && ON_INTERFACE(seen) && intentInterface[a] == seen -> act = RELEASES
  :: else
  fi
#endif
}

/* The bump: every open refill goes, and every write of the config that rests on an older one fails. */
inline bump(a, me, unpools) {
#ifndef NO_BUMP
  refillOpen = 0;
#endif
  if
  :: unpools && tombstone[AT(a, 1)] != 0 -> pool[AT(a, 1)] = 0; cooling[AT(a, 1)] = 0
  :: else
  fi;
  if
  :: unpools && tombstone[AT(a, 2)] != 0 -> pool[AT(a, 2)] = 0; cooling[AT(a, 2)] = 0
  :: else
  fi;
#ifndef NO_BUMP
  CONFIG_WRITTEN(me)
#else
  skip
#endif
}

inline drop(a) {
  if
  :: intentRun[a] != 0 && !intentBuried[a] -> entomb(a, intentInterface[a])
  :: else
  fi;
  dropEnded(a);
  strip(a)
}

inline takeBack(a) {
  entomb(a, intentInterface[a]);
  marked[a] = 0; intentRun[a] = 0; intentInterface[a] = 0; intentBuried[a] = 0
}

/* The claim that the intent is about stands again. Where it is gone, the mark stays: the address has no name of a Pod to bear. */
inline putBack(a) {
#ifdef ASSERT_NEVER_PUT_BACK
  assert(false);
#endif
  entomb(a, intentInterface[a]);
  intentRun[a] = 0; intentInterface[a] = 0; intentBuried[a] = 0;
  if :: claimed[a] -> marked[a] = 0 :: else fi
}

/* Nobody waits for the request any more: it may yet come. */
inline letGo(a, r) {
  if
  :: request[r] == NEW -> stray[AT(a, requestInterface[r])] = NEW
  :: request[r] == OLD && stray[AT(a, requestInterface[r])] == 0 -> stray[AT(a, requestInterface[r])] = OLD
  :: else
  fi;
  request[r] = 0
}

/* A run ends, well or by a crash: its intent is another's from now on. */
inline endRun(me, r, next) {
  if :: intentRun[a] == me -> intentRun[a] = ENDED_RUN :: else fi;
  if :: holder == me -> holder = next :: else fi;
  request[r] = 0; requestAddress[r] = 0; requestInterface[r] = 0; knows[r] = 0; forgetReport();
  configSeen[me - 1] = 0; RECORD_FORGOTTEN(a, me);
  asked[r] = 0;
  a = 0; seen = 0; act = 0; late = 0; restored = 0; over = 0
}

/* Unclear: mark and intent stay for the next run, the claim goes; the address is bound to the interface. */
inline noAnswer(a, i, me) {
  if
  :: recordSeen[OF(a, me)] ->
#ifdef NO_TOMBSTONE
     strip(a);
#else
     claimed[a] = 0; pod[a] = 0; entomb(a, i);
#endif
     RECORD_WRITTEN(a, me);
     printf("reclaimer %d: has no clear answer (a tombstone stays: %d)\n", me - 1, exists[a])
  :: else -> printf("reclaimer %d: the VpcIP has changed\n", me - 1)
  fi
}

#define GIVES_BACK printf("reclaimer %d: gives the lease back\n", me - 1); endRun(me, r, NOBODY)

#define DIES d_step { FAULT -> SPEND; printf("reclaimer %d: dies\n", me - 1); endRun(me, r, DIED) }

#ifdef FAULTS
/* A mark is put where nothing seems to keep the address. */
#define LOOKS_LEAKED(A, I) (location[A] == I && !HELD(A) && (sandbox[A] == 0 || !pod[A]))
#define MAY_MARK(A, I) (LOOKS_LEAKED(A, I) && (!exists[A] || (claimed[A] && !pod[A] && !marked[A] && recordInterface[A] == I) || (!claimed[A] && (!marked[A] || recordInterface[A] != I))))
#define MAY_UNMARK(A) false
#else
/* A mark is harmless when wrong: here it is put and taken away at any time, whatever the pass has seen. */
#define MAY_MARK(A, I) (!exists[A] || (claimed[A] && !pod[A] && !marked[A] && recordInterface[A] == I) || (!claimed[A] && (!marked[A] || recordInterface[A] != I)))
#define MAY_UNMARK(A) (exists[A] && marked[A] && intentRun[A] == 0)
#endif

#define MARK(A, I) \
  :: d_step { MAY_MARK(A, I) -> \
       if :: !claimed[A] -> recordInterface[A] = I :: else fi; \
       exists[A] = 1; marked[A] = 1; RECORD_WRITTEN(A, me); RECORD_FORGOTTEN(A, me); \
       printf("reclaimer %d: marks address %d on interface %d\n", me - 1, A, I) }

#define UNMARK(A) \
  :: d_step { MAY_UNMARK(A) -> \
       marked[A] = 0; RECORD_WRITTEN(A, me); RECORD_FORGOTTEN(A, me); \
       if :: !claimed[A] -> strip(A) :: else fi; \
       printf("reclaimer %d: takes the mark of address %d away\n", me - 1, A) }

#ifdef FAULTS
#define SWEEP(A) \
  :: d_step { DUE(A) -> a = A; asked[r] = 1; printf("reclaimer %d: asks for the lease, for address %d\n", me - 1, A) }; goto acquire
#else
#define SWEEP(A) \
  :: d_step { DUE(A) -> a = A; holder = me; knows[r] = CURRENT; printf("reclaimer %d: has the lease, handed over or taken over, for address %d\n", me - 1, A) }; goto sweep
#endif

proctype Reclaimer(byte me) {
  byte a, seen, act, restored, over;
  bit late, r;
#ifdef NO_INTENT_CAS
  bit oldClaim, oldBuried;
  byte oldIntent, oldInterface, oldTombstone1, oldTombstone2;
#endif
  r = me - 2;

idle:
  do
  MARK(0, 1)
  MARK(0, 2)
  UNMARK(0)
  SWEEP(0)
#if ADDRESSES > 1
  MARK(1, 1)
  MARK(1, 2)
  UNMARK(1)
  SWEEP(1)
#endif
  od;

#ifdef FAULTS
acquire:
  if
  :: d_step { holder == NOBODY && reportHolds -> holder = me; knows[r] = CURRENT; asked[r] = 0; printf("reclaimer %d: acquires the lease, handed over\n", me - 1) }
  :: d_step { holder == DEAD -> holder = me; knows[r] = CURRENT; asked[r] = 0; printf("reclaimer %d: takes over the lease of a dead one\n", me - 1) }
  :: d_step { !FREE_LEASE && FAULT -> SPEND; holder = me; knows[r] = CURRENT; asked[r] = 0; printf("reclaimer %d: takes over the lease, for it has ended\n", me - 1) }
  :: DIES; goto idle
  fi;
#endif

sweep: /* everything again, and afresh */
  if
  :: d_step {
       true -> seen = location[a]; decide(a, seen, r);
       printf("reclaimer %d: reads everything again, and ", me - 1);
       if
       :: act == KEEPS -> printf("finds nothing to do\n")
       :: act == RELEASES -> printf("finds address %d leaked on interface %d\n", a, seen)
       :: act == DROPS -> printf("finds that the record of address %d is over\n", a)
       :: act == PUTS_BACK -> printf("finds an intent for address %d, which is in use\n", a)
       :: act == TAKES_BACK -> printf("finds an intent for address %d, which is in the pool or cooling\n", a)
       :: act == TIDIES -> printf("finds that address %d has a keeper\n", a)
       fi;
       if
       :: act != RELEASES && act != DROPS -> knows[r] = 0; forgetReport()
       :: else
       fi;
       if
       :: act == KEEPS -> GIVES_BACK
       :: act != KEEPS -> recordSeen[OF(a, me)] = 1;
#ifdef NO_INTENT_CAS
          oldClaim = claimed[a]; oldIntent = intentRun[a]; oldInterface = intentInterface[a]; oldBuried = intentBuried[a]; oldTombstone1 = tombstone[AT(a, 1)]; oldTombstone2 = tombstone[AT(a, 2)];
#endif
          if
          :: act == RELEASES || act == DROPS ->
             configSeen[me - 1] = 1; over = (tombstone[AT(a, 1)] == OVER) + 2 * (tombstone[AT(a, 2)] == OVER)
          :: else
          fi;
          if :: act != RELEASES -> seen = 0; LEASE_NO_LONGER_MATTERS(me) :: else fi
       fi
     };
     if
     :: act == KEEPS -> goto idle
     :: act == RELEASES || act == DROPS -> goto bumping
     :: act == PUTS_BACK || act == TAKES_BACK || act == TIDIES
     fi
  :: DIES; goto idle
  fi;

  /* what needs no bump */
  if
  :: d_step {
       if
       :: recordSeen[OF(a, me)] ->
          if
          :: act == PUTS_BACK -> putBack(a); printf("reclaimer %d: takes the intent back from address %d, which is in use\n", me - 1, a)
          :: act == TAKES_BACK -> takeBack(a); printf("reclaimer %d: takes the intent back from address %d, which is in the pool\n", me - 1, a)
          :: act == TIDIES ->
             marked[a] = 0;
             if :: !claimed[a] -> strip(a) :: else fi;
             printf("reclaimer %d: takes the mark of address %d away, for it has a keeper\n", me - 1, a)
          fi;
          RECORD_WRITTEN(a, me)
       :: else -> printf("reclaimer %d: the VpcIP has changed\n", me - 1)
       fi;
       GIVES_BACK
     }
  :: DIES
  fi;
  goto idle;

bumping: /* before any intent, and before a tombstone ends */
  if
  :: d_step {
       configSeen[me - 1] ->
#ifdef NO_END_ORDER
       bump(a, me, false);
#else
       bump(a, me, act == DROPS);
#endif
       configSeen[me - 1] = 0; knows[r] = 0; forgetReport();
#ifdef NO_BUMP
       printf("reclaimer %d: leaves the config as it is\n", me - 1)
#else
       printf("reclaimer %d: bumps the config\n", me - 1)
#endif
     }
  :: d_step {
       !configSeen[me - 1] -> printf("reclaimer %d: the config has changed\n", me - 1);
       seen = 0; act = 0; over = 0; RECORD_FORGOTTEN(a, me)
     };
     goto sweep
  :: DIES; goto idle
  fi;
  if
  :: act == RELEASES -> goto intending
  :: d_step {
       act == DROPS ->
       if
       :: recordSeen[OF(a, me)] ->
#ifdef NO_END_ORDER
          restored = (tombstone[AT(a, 1)] != 0) + 2 * (tombstone[AT(a, 2)] != 0);
#endif
          drop(a); RECORD_WRITTEN(a, me); printf("reclaimer %d: the record of address %d goes (a tombstone stays: %d)\n", me - 1, a, exists[a])
       :: else -> printf("reclaimer %d: the VpcIP has changed\n", me - 1)
       fi;
#ifndef NO_END_ORDER
       GIVES_BACK
#endif
     }
  :: DIES; goto idle
  fi;
#ifdef NO_END_ORDER
  if
  :: d_step {
       true ->
       if :: restored % 2 == 1 -> pool[AT(a, 1)] = 0; cooling[AT(a, 1)] = 0 :: else fi;
       if :: restored > 1 -> pool[AT(a, 2)] = 0; cooling[AT(a, 2)] = 0 :: else fi;
       CONFIG_WRITTEN(me); printf("reclaimer %d: takes it out of the pool\n", me - 1);
       GIVES_BACK
     }
  fi;
#endif
  goto idle;

intending:
  if
  :: d_step {
#ifdef NO_INTENT_CAS
       exists[a] -> claimed[a] = oldClaim; pod[a] = 0; marked[a] = 1; recordInterface[a] = seen;
       tombstone[AT(a, 1)] = oldTombstone1; tombstone[AT(a, 2)] = oldTombstone2;
       intentRun[a] = oldIntent; intentInterface[a] = oldInterface; intentBuried[a] = oldBuried;
#else
       recordSeen[OF(a, me)] ->
#endif
#ifndef FORGETS_OTHER_INTERFACE
       if
       :: intentRun[a] != 0 && intentInterface[a] != seen && !intentBuried[a] ->
          /* an earlier run's request for the other interface may be late: that interface stays bound */
          entomb(a, intentInterface[a]); over = (intentInterface[a] == 1 -> over - over % 2 : over % 2)
       :: else
       fi;
#endif
       late = (intentRun[a] != 0 || HAS_TOMBSTONE(a));
       restored = (intentRun[a] != 0 -> intentInterface[a] + 2 * intentBuried[a] : 0);
       intentRun[a] = me; intentInterface[a] = seen; intentBuried[a] = 0;
       request[r] = NEW; requestAddress[r] = a; requestInterface[r] = seen;
       RECORD_WRITTEN(a, me);
       printf("reclaimer %d: writes its intent for address %d on interface %d\n", me - 1, a, seen)
     }
#ifdef NO_INTENT_CAS
  :: d_step { !exists[a] -> GIVES_BACK }; goto idle
#else
  :: d_step { !recordSeen[OF(a, me)] -> printf("reclaimer %d: the VpcIP has changed\n", me - 1); GIVES_BACK }; goto idle
#endif
  :: DIES; goto idle
  fi;

  /* signed, and only then the clock */
  if
  :: d_step { IN_TIME(me) && request[r] != EXPIRED -> printf("reclaimer %d: sends Unassign\n", me - 1); LEASE_NO_LONGER_MATTERS(me) }
  :: d_step {
       MAY_BE_TOO_LATE(me, r) -> printf("reclaimer %d: is too late, it sends nothing and takes its intent back\n", me - 1);
       if
       :: recordSeen[OF(a, me)] ->
          if
          :: restored != 0 -> intentRun[a] = ENDED_RUN; intentInterface[a] = 1 + (restored - 1) % 2; intentBuried[a] = (restored > 2)
          :: else -> intentRun[a] = 0; intentInterface[a] = 0; intentBuried[a] = 0
          fi;
          RECORD_WRITTEN(a, me)
       :: else
       fi;
       GIVES_BACK
     };
     goto idle
  :: DIES; goto idle
  fi;

  /* EC2 may execute it, and answer; or nobody knows */
  if
  :: d_step { request[r] != EXPIRED -> unassign(a, seen); request[r] = 0; requestAddress[r] = 0; requestInterface[r] = 0 }
  :: d_step { (request[r] == EXPIRED || FAULT) -> if :: request[r] != EXPIRED -> SPEND :: else fi; letGo(a, r); noAnswer(a, seen, me); GIVES_BACK }; goto idle
  :: d_step { FAULT -> SPEND; printf("reclaimer %d: dies, its request is on its way\n", me - 1); letGo(a, r); endRun(me, r, DIED) }; goto idle
  fi;
  if
  :: d_step {
       if
       :: recordSeen[OF(a, me)] ->
          if :: late -> entomb(a, seen) :: else fi;
          dropEnded(a); strip(a); RECORD_WRITTEN(a, me);
          printf("reclaimer %d: has a clear answer, the VpcIP of address %d goes (a tombstone stays: %d)\n", me - 1, a, exists[a])
       :: else -> printf("reclaimer %d: the VpcIP has changed\n", me - 1)
       fi;
       GIVES_BACK
     }
  :: d_step { FAULT -> SPEND; noAnswer(a, seen, me); GIVES_BACK }
  :: DIES
  fi;
  goto idle
}

/* ------------------------------------------------------------------------------------------------ the rest of the world */

#define LATE(A, I) \
  :: d_step { stray[AT(A, I)] != 0 -> stray[AT(A, I)] = 0; printf("EC2: a request that nobody waits for any more comes\n"); unassign(A, I) }

/* Requests that nobody waits for any more. */
active proctype Late() {
end:
  do
  LATE(0, 1)
  LATE(0, 2)
#if ADDRESSES > 1
  LATE(1, 1)
  LATE(1, 2)
#endif
  od
}

/* The time that a tombstone stands: no request from before it lives longer, whoever sent it or is about to. */
#define PASS(A, I) \
  :: d_step { tombstone[AT(A, I)] == STANDS -> tombstone[AT(A, I)] = OVER; \
       if :: stray[AT(A, I)] == OLD -> stray[AT(A, I)] = 0 :: else fi; \
       if :: request[0] == OLD && requestAddress[0] == A && requestInterface[0] == I -> request[0] = EXPIRED :: else fi; \
       if :: request[1] == OLD && requestAddress[1] == A && requestInterface[1] == I -> request[1] = EXPIRED :: else fi; \
       printf("time: the tombstone of address %d on interface %d is over\n", A, I) }

active proctype Clock() {
end:
  do
  PASS(0, 1)
  PASS(0, 2)
#if ADDRESSES > 1
  PASS(1, 1)
  PASS(1, 2)
#endif
  od
}

/* A Pod's object goes, by force or by its time, whatever its sandbox does. */
active proctype Pods() {
end:
  do
  :: d_step { pod[0] -> pod[0] = 0; printf("cluster: the Pod of address 0 is gone from the API\n") }
#if ADDRESSES > 1
  :: d_step { pod[1] -> pod[1] = 0; printf("cluster: the Pod of address 1 is gone from the API\n") }
#endif
  od
}

#ifdef TENANTS
/* Another tenant of the VPC. */
active proctype Tenant() {
end:
  do
  :: d_step { location[0] == FREE -> location[0] = TENANT; printf("EC2: another tenant takes address 0\n") }
  :: d_step { location[0] == TENANT -> location[0] = FREE; printf("EC2: another tenant gives address 0 back\n") }
  od
}
#endif

init {
  atomic { run Reclaimer(2); run Reclaimer(3) }
}

#ifdef PROGRESS
/*
 * An address on an interface that nobody uses and nobody can be given: leaked, or kept by nothing but a record. And a name that is
 * taken where EC2 has no address. Neither may last for ever.
 */
#define USABLE(a, i) (cooling[AT(a, i)] || (pool[AT(a, i)] && (!exists[a] || ADOPTABLE(a, i))))
#define LEAKED (ON_INTERFACE(location[0]) && sandbox[0] == 0 && !USABLE(0, location[0]))
#define LEFT_OVER (exists[0] && location[0] == FREE)
ltl released { [] <> !LEAKED }
ltl forgotten { [] <> !LEFT_OVER }
#endif
