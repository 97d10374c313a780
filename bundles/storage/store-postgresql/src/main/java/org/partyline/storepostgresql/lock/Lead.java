package org.partyline.storepostgresql.lock;

/**
 * The leader, as the database records it.
 *
 * @param epoch counts the leaders
 * @param holder the server's name
 * @param instance the name of its connections in PostgreSQL, different for each process
 * @param silentMillis the time since its last heartbeat, by the database's clock
 * @param newest how far the store had advanced at the leader's last heartbeat: a number that only grows, {@code :}, and
 *     an id that distinguishes two states with the same number; empty if not published
 */
record Lead(long epoch, String holder, String instance, long silentMillis, String newest) {
    /**
     * Its published mark or, if further, that of another observation of the database. A restored database shows less.
     */
    String newest(Lead other) {
        return further(newest, other.newest);
    }

    /** The further of two marks, or the first if they are equal. */
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
