package org.partyline.storepostgresql.lock;

/**
 * The leader, as the database records it.
 *
 * @param epoch counts the leaders
 * @param holder what the server is called
 * @param instance what its connections are called in PostgreSQL; another one for each process
 * @param silentMillis how long ago it was last heard of, by the database's clock
 * @param newest how far the store had come, as the leader said with its last sign of life: a number that only grows, {@code :}, and
 *     what tells two states of the same number apart; empty: it said nothing
 */
record Lead(long epoch, String holder, String instance, long silentMillis, String newest) {
    /** What it said or, where that is further, what another look at the database shows. A database that was put back shows less. */
    String newest(Lead other) {
        return further(newest, other.newest);
    }

    /** The one that is further, or the first if both are as far. */
    static String further(String one, String other) {
        return count(other) > count(one) ? other : one;
    }

    private static long count(String newest) {
        try {
            return Long.parseLong(newest.substring(0, Math.max(0, newest.indexOf(':'))));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
