/*
The rolling carrier (docs/carriers.md): each version of a transaction replaces the one before; any may be mined. A crash may happen
between storing a version, handing it to a node, and noting that. One message may be recalled, one block be disconnected, and the
reader be absent at first. Delivery (the events in capitals), BatchVersions, BatchClosing, MessageRecaller.

expect                  holds    when nothing moves any more, what the sender is shown is true: a message is in a block, or said to be replaced or recalled;
expect ABSENT           holds    and each is read, replaced or recalled, also by a reader who was absent
expect UNSEEN_IS_LOST   refuted
expect AFTER_IS_LOST    refuted
expect UNSTORED_VERSION refuted
expect BLOCK_FORGOTTEN  refuted
expect RECALL_FORGOTTEN refuted
expect ABSENT REPLACED_UNTOLD refuted
*/
#define M 3                     /* messages, one packet each */
#define V 6                     /* versions */
#define ROOM 2                  /* packets that a version carries */
#ifdef ABSENT
#define REORGANISATIONS 0
#else
#define REORGANISATIONS 1
#endif
#define SEALED 0
#define SENT 1
#define RELAYED 2
#define CONFIRMED 3
#define REPLACED 4
#define NOWHERE 0
#define POOL 1
#define OUT 2                   /* replaced, but some miner may have it still */
#define BLOCK 3
#define HAS(v, m) ((rides[v] >> (m)) & 1)
#ifdef RECALL_FORGOTTEN
#define REVISED(v) false
#define BOARDS(m) (packet[m] == SEALED && !(open && HAS(current, m)))
#else
#define REVISED(v) TAKEN_BACK(v)
#define BOARDS(m) (packet[m] == SEALED && !recalled[m] && !(open && HAS(current, m)))
#endif
#define TAKEN_BACK(v) ((HAS(v, 0) && recalled[0]) || (HAS(v, 1) && recalled[1]))
#define NEWS(v) (where[v] == BLOCK && !closed[v] && !lost[v])
#define IN_BLOCK(v, m) (where[v] == BLOCK && HAS(v, m))
#define BLOCKS(m) (IN_BLOCK(0, m) + IN_BLOCK(1, m) + IN_BLOCK(2, m) + IN_BLOCK(3, m) + IN_BLOCK(4, m) + IN_BLOCK(5, m))

/* The sender's store. */
byte packet[M];
bool recalled[M];
byte rides[V], coin[V], versions, coins;
bool open, sent, closed[V];     /* of a roll: its coin; of a version: its block was dealt with */
byte current;
/* The network. */
byte where[V];
bool spent[V], seen[V], lost[V]; /* by coin; by version */
byte again[V];                  /* by coin: the version of a disconnected block, from 1 */
byte reorganisations, recalls;
#ifdef ABSENT
bool present = false;
#else
bool present = true;
#endif
bool shown[M];
byte i, n, w;                   /* for loops within one step */

inline on_its_way_gone(m) { if :: packet[m] == SEALED || packet[m] == SENT || packet[m] == RELAYED -> packet[m] = SEALED :: else fi }
inline superseded(m) {
  if
#ifndef REPLACED_UNTOLD
  :: packet[m] == RELAYED -> packet[m] = REPLACED
#endif
#ifdef UNSEEN_IS_LOST
  :: packet[m] == SENT -> packet[m] = REPLACED
#else
  :: packet[m] == SENT -> packet[m] = SEALED
#endif
  :: else
  fi
}

/* Stores the next version with these packets; those that it leaves out are superseded. */
inline make(what) {
  if
  :: open -> coin[versions] = coin[current];
     for (i : 0 .. M - 1) {
       if :: HAS(current, i) && !((what >> i) & 1) && !recalled[i] -> superseded(i) :: else fi
     }
  :: else -> coin[versions] = coins; coins++; open = true
  fi;
  rides[versions] = what; current = versions; versions++; sent = false
}

proctype sender() {
  byte m, what;
end:
  do
  /* A waiting packet boards: the newest ride again, as far as there is room. A version that was stored goes first. */
  :: atomic {
       versions < V && (!open || sent) && (BOARDS(0) || BOARDS(1) || BOARDS(2)) ->
       m = M;
       for (i : 0 .. M - 1) {
         if :: BOARDS(i) && m == M -> m = i :: else fi
       }
       what = 1 << m; n = 1; w = M;
       do
       :: w > 0 -> w--;
          if
          :: open && HAS(current, w) && w != m && !recalled[w] && n < ROOM -> what = what | (1 << w); n++
          :: else
          fi
       :: else -> break
       od;
       make(what)
     }
  /* It is handed to a node, which refuses it if the coin is spent; then that is stored, if nothing breaks in between. */
  :: atomic {
       open && !sent && !spent[coin[current]] && !REVISED(current) ->
       for (i : 0 .. V - 1) { if :: i < versions && coin[i] == coin[current] && where[i] == POOL -> where[i] = OUT :: else fi }
       where[current] = POOL;
       for (i : 0 .. M - 1) { assert(!(HAS(current, i) && recalled[i])) }
#ifdef UNSTORED_VERSION
       if :: lost[current] = true; open = false :: skip fi
#endif
     }
     if
     :: atomic { open && where[current] == POOL -> sent = true; for (i : 0 .. M - 1) { if :: HAS(current, i) && packet[i] == SEALED -> packet[i] = SENT :: else fi } }
     :: skip
     fi
  /* A block has a version: those of it are confirmed, those only before it had their time, those after it ride again. */
  :: atomic {
       NEWS(0) || NEWS(1) || NEWS(2) || NEWS(3) || NEWS(4) || NEWS(5) -> what = V;
       for (i : 0 .. V - 1) { if :: NEWS(i) && what == V -> what = i :: else fi }
       closed[what] = true;
       for (i : 0 .. M - 1) {
         n = 0;                 /* 1: before it, 2: after it */
         for (w : 0 .. V - 1) {
           if
           :: w < versions && coin[w] == coin[what] && HAS(w, i) && w < what && n == 0 -> n = 1
           :: w < versions && coin[w] == coin[what] && HAS(w, i) && w > what -> n = 2
           :: else
           fi
         }
         if
         :: HAS(what, i) -> packet[i] = CONFIRMED
#ifndef AFTER_IS_LOST
         :: !HAS(what, i) && n == 2 -> on_its_way_gone(i)
#endif
         :: !HAS(what, i) && n == 1 -> superseded(i)
         :: else
         fi
       }
       if :: open && coin[current] == coin[what] -> open = false :: else fi
     }
  /* The user takes a message back that may have left; the version goes on without it. */
  :: atomic { recalls < 1 && (packet[0] == SENT || packet[0] == RELAYED) -> recalls++; recalled[0] = true }
  :: atomic { recalls < 1 && (packet[1] == SENT || packet[1] == RELAYED) -> recalls++; recalled[1] = true }
  :: atomic {
       versions < V && open && TAKEN_BACK(current) ->
       what = rides[current] & (255 - (recalled[0] + 2 * recalled[1])); make(what)
     }
  od
}

/* Another node shows a version, so that a reader who is present has it. */
#define SHOW(v) :: atomic { where[v] == POOL && !seen[v] -> seen[v] = true; \
    for (i : 0 .. M - 1) { if :: HAS(v, i) && (packet[i] == SEALED || packet[i] == SENT) -> packet[i] = RELAYED :: else fi; \
      if :: HAS(v, i) && present -> shown[i] = true :: else fi } }
/* Whoever was absent reads blocks later. */
#define MINE(v) :: atomic { (where[v] == POOL || where[v] == OUT) && !spent[coin[v]] && (again[coin[v]] == 0 || again[coin[v]] == v + 1) -> \
    spent[coin[v]] = true; closed[v] = false; \
    for (i : 0 .. V - 1) { if :: i < versions && coin[i] == coin[v] && where[i] == POOL -> where[i] = OUT :: else fi }; \
    where[v] = BLOCK; for (i : 0 .. M - 1) { if :: HAS(v, i) -> shown[i] = true :: else fi } }
/* The block is disconnected; later another one has the same version. */
#define DISCONNECT(v) :: atomic { where[v] == BLOCK && closed[v] && reorganisations < REORGANISATIONS -> reorganisations++; \
    where[v] = POOL; spent[coin[v]] = false; again[coin[v]] = v + 1; \
    for (i : 0 .. M - 1) { if :: HAS(v, i) && packet[i] == CONFIRMED -> packet[i] = AFTER_BLOCK :: else fi; \
      assert(packet[i] != CONFIRMED || BLOCKS(i) > 0) } }
#ifdef BLOCK_FORGOTTEN
#define AFTER_BLOCK CONFIRMED
#else
#define AFTER_BLOCK RELAYED
#endif

proctype network() {
end:
  do
  SHOW(0) SHOW(1) SHOW(2) SHOW(3) SHOW(4) SHOW(5)
  MINE(0) MINE(1) MINE(2) MINE(3) MINE(4) MINE(5)
  DISCONNECT(0) DISCONNECT(1) DISCONNECT(2) DISCONNECT(3) DISCONNECT(4) DISCONNECT(5)
#ifdef ABSENT
  :: !present -> present = true
#endif
  od
}

init {
  atomic { run sender(); run network() }
  timeout;
  for (i : 0 .. M - 1) {
    /* Where the versions of the model are used up, it says nothing. */
    assert(versions == V || (packet[i] == CONFIRMED) == (BLOCKS(i) > 0));
    assert(versions == V || packet[i] == CONFIRMED || packet[i] == REPLACED || recalled[i]);
    assert(BLOCKS(i) <= 1);
#ifdef ABSENT
    assert(versions == V || shown[i] || packet[i] == REPLACED || recalled[i])
#else
    assert(versions == V || shown[i] || recalled[i])
#endif
  }
}
