/*
Sealing and sending by confirm: a server, its standby (docs/ha.md), a thief of the store, and a reader. A crash may happen between every
two stored steps, a takeover and a restored copy at any time. Keys are (chain, position); a text that is sealed anew is another
plaintext, because it has another time. Continuity, Rollback, SessionSealer, Broadcaster.

expect                  holds    a key seals one plaintext, whatever is restored
expect ONCE             holds    without a restored copy, each message is shown exactly once
expect ROLLBACK VISIBLE holds    so does a rollback of the whole machine, if nodes still show what left
expect ROLLBACK         refuted  otherwise not (docs/security.md, "An old copy that is put back")
expect LAG              refuted  nor if the leader's last seconds are undone before a takeover (docs/ha.md)
expect LEAD_RETURNS     holds    so does a copy of an earlier time when the same server led, after it saw another one lead
expect LEAD_RETURNS WITHOUT_MARK refuted  but not without what it saw (SeenMark)
expect TWICE            refuted  a message that a restored copy has still queued is shown twice
expect WITHOUT_TOKEN    refuted
expect TOKEN_AT_START   refuted
expect TOKEN_INSIDE_LATE refuted
expect WITHOUT_FENCE    refuted
expect SENT_BEFORE_STORED refuted
expect ONCE MARKED_BEFORE_HANDED refuted
expect ONCE SHOWN_BEFORE_STORED refuted
expect ONCE FORGETFUL_READER refuted
*/
#define M 2                     /* messages */
#define CHAINS 8
#define LENGTH 4
#define CRASHES 2
#ifdef LEAD_RETURNS
#define CHANGES 2               /* of the lead */
#else
#define CHANGES 1
#endif
#ifdef ONCE                     /* Without a restored copy there is one chain. */
#define READ LENGTH
#else
#define READ (CHAINS * LENGTH)
#endif
#define QUEUED 0
#define SEALED 1
#define SENT 2
#define KEY(c, p) ((c) * LENGTH + (p))

typedef Store { byte state[M]; byte key[M]; byte plain[M]; byte chain; byte next; byte token; byte before; byte count }
Store db, copy;
bool copied, restored;
byte leader;                    /* 0: nobody; the lock of the database, which each transaction checks */
byte outside[2];                /* each server's token, outside of its home */
byte copied_outside;
byte saw[2];                    /* how far a standby saw the leader's store come */
byte tokens = 2, chains = 1, plains = 1, crashes;
byte last, changes;              /* who led last, and how often that was another one */

byte used[CHAINS * LENGTH];     /* what left under a key: its plaintext */
#if defined(ONCE) || defined(TWICE)
byte says[CHAINS * LENGTH];     /* which message that is, from 1 */
bool seen[CHAINS * LENGTH];
byte shown[M], unread;
#endif

inline fence(i) {
#ifndef WITHOUT_FENCE
  if :: leader != i + 1 -> goto down :: else fi
#else
  skip
#endif
}
/* The lock goes with the process. */
#define CRASH if :: atomic { crashes < CRASHES -> crashes++; if :: leader == i + 1 -> leader = 0 :: else fi; goto down } :: skip fi

inline publish(i) {
#ifndef LAG
  if :: leader == i + 1 -> saw[1 - i] = count :: else fi
#else
  if :: leader == i + 1 -> saw[1 - i] = count :: skip fi
#endif
}

inline mend() {
  db.chain = chains; chains++; db.next = 0
}

proctype server(byte i) {
  byte m, token, count, next, chain, before, leads;
  bool trusted, watched;
down:
  atomic {
    if
    :: leader == i + 1
    :: leader == 0 && (last == i || changes < CHANGES)
#ifndef ROLLBACK
    :: leader == 2 - i && changes < CHANGES
#endif
    fi;
    watched = last == 1 - i;
    if :: watched -> changes++ :: else fi;
    leader = i + 1; last = i; before = 0; leads = 0
  }
  /* The token is compared and changed: the store first, then outside (Continuity.enter). */
  atomic {
    fence(i);
    /* The store must have come as far as this server ever saw it (SeenMark). One that did not watch the leader before it also goes by its own token. */
    trusted = saw[i] <= db.count && ((watched && saw[i] != 0) || outside[i] != 0 && (outside[i] == db.token || outside[i] == db.before));
#ifdef WITHOUT_MARK
    trusted = (watched && saw[i] != 0 -> saw[i] <= db.count : outside[i] != 0 && (outside[i] == db.token || outside[i] == db.before));
#endif
#ifdef WITHOUT_TOKEN
    trusted = true;
#endif
#ifdef VISIBLE
    /* The second line: blocks and the mempool are read first. */
    if :: db.next < LENGTH && used[KEY(db.chain, db.next)] != 0 -> trusted = false :: else fi;
#endif
    if :: !trusted -> mend() :: else fi;
    db.before = (trusted && outside[i] != 0 -> outside[i] : tokens); db.token = tokens; tokens++; db.count++;
    token = db.token; count = db.count;
    next = db.next; chain = db.chain
  }
  CRASH;
  /* One that lost the lead meanwhile does not forget what it saw. */
  atomic { outside[i] = token; publish(i); if :: leader == i + 1 -> saw[i] = 0 :: else fi }
  CRASH;
  do
  :: atomic { leader == i + 1 && (db.state[0] == QUEUED || db.state[1] == QUEUED) -> m = (db.state[0] == QUEUED -> 0 : 1) }
     atomic {
       fence(i);
       /* Rows that were put back meanwhile: RowsPutBackException, and the server mends. */
#ifndef WITHOUT_TOKEN
       if :: db.token != token -> goto down :: else fi;
#endif
       assert(next < LENGTH);
       db.key[m] = KEY(chain, next); db.plain[m] = plains; plains++; db.state[m] = SEALED;
       next++;
#ifndef SENT_BEFORE_STORED
       db.next = next;
#endif
#ifndef TOKEN_AT_START
       db.before = token; token = tokens; tokens++; db.token = token; db.count++; count = db.count
#endif
     }
#ifdef TOKEN_INSIDE_LATE
     goto leave;
#endif
     CRASH;
#ifndef TOKEN_AT_START
     atomic { outside[i] = token; publish(i) }
     CRASH
#endif
  :: atomic { leader == i + 1 && (db.state[0] == SEALED || db.state[1] == SEALED) -> m = (db.state[0] == SEALED -> 0 : 1); before = db.key[m]; leads = db.plain[m] }
#ifdef TOKEN_INSIDE_LATE
leave:
     before = db.key[m]; leads = db.plain[m];
#endif
#ifdef MARKED_BEFORE_HANDED
     atomic { fence(i); db.state[m] = SENT }
#endif
     CRASH;
     /* Handed to a node, perhaps late: a paused leader does not know yet that another one leads. */
     atomic {
       assert(used[before] == 0 || used[before] == leads);
#if defined(ONCE) || defined(TWICE)
       says[before] = m + 1; unread = unread + (used[before] == 0 -> 1 : 0);
#endif
       used[before] = leads
     }
     CRASH;
     atomic {
       fence(i);
#ifdef SENT_BEFORE_STORED
       db.next = next;
#endif
       if :: db.state[m] == SEALED && db.plain[m] == leads -> db.state[m] = SENT :: else fi
     }
  :: atomic { leader != i + 1 -> goto down }
  od
}

/* Copies the store at some moment, and puts the copy back at a later one. */
proctype thief() {
  atomic { copy.state[0] = db.state[0]; copy.state[1] = db.state[1]; copy.key[0] = db.key[0]; copy.key[1] = db.key[1];
    copy.plain[0] = db.plain[0]; copy.plain[1] = db.plain[1]; copy.chain = db.chain; copy.next = db.next;
    copy.token = db.token; copy.before = db.before; copy.count = db.count; copied_outside = outside[0]; copied = true }
  atomic {
#ifdef ROLLBACK
    leader = 0; outside[0] = copied_outside;
#endif
    db.state[0] = copy.state[0]; db.state[1] = copy.state[1]; db.key[0] = copy.key[0]; db.key[1] = copy.key[1];
    db.plain[0] = copy.plain[0]; db.plain[1] = copy.plain[1]; db.chain = copy.chain; db.next = copy.next;
    db.token = copy.token; db.before = copy.before; db.count = copy.count; restored = true }
}

/* Meets packets in any order, again and again, and remembers by chain and position what it has shown. */
#if defined(ONCE) || defined(TWICE)
proctype reader() {
  byte at, left;
  do
  :: atomic {
       unread > 0 -> at = 0; left = unread;
       do
       :: used[at] == 0 || seen[at] -> at++
       :: used[at] != 0 && !seen[at] -> break
       :: used[at] != 0 && !seen[at] && left > 1 -> left--; at++
       od;
       left = 0
     }
     atomic {
       shown[says[at] - 1]++;
#if defined(ONCE) || defined(TWICE)
       assert(shown[says[at] - 1] == 1);
#endif
#if !defined(SHOWN_BEFORE_STORED) && !defined(FORGETFUL_READER)
       seen[at] = true; unread--
#endif
     }
#if defined(SHOWN_BEFORE_STORED)
     if :: crashes < CRASHES -> crashes++ :: atomic { seen[at] = true; unread-- } fi
#endif
  od
}
#endif

init {
  atomic {
    db.token = 1; db.before = 1; db.count = 1; outside[0] = 1; leader = 1;
    run server(0);
#ifndef ROLLBACK
    run server(1);
#endif
#ifndef ONCE
    run thief();
#endif
#if defined(ONCE) || defined(TWICE)
    run reader();
#endif
  }
#ifdef ONCE
  /* Nothing can happen any more: nothing was lost. */
  timeout; assert(shown[0] == 1 && shown[1] == 1)
#endif
}
