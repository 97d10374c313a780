package org.partyline.storejdbc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/**
 * Seals candidates in boxes that only an open store can open.
 *
 * <p>A duplicate candidate is recognised by the SHA-256 of its name, which is in clear beside the box. A locked store
 * has no secret with which to key a hash: a thief would also have a key in the database, and a key in memory would
 * change with each restart, when the whole mempool is read again. This reveals little: a locked server cannot recognise
 * its own packets, so it keeps everything of the right form that anyone sent, and the hashes show what was public while
 * it was locked, whoever sent it. The share, a block or ten minutes of a mempool, reveals no more than that.
 */
final class Collector {
    /** The row of a public key, which a store keeps for its whole life. */
    static final String PUBLIC_KEY = "collect-public";

    private static final String PRIVATE_KEY = "collect-private";
    private static final String DAMAGED = "the store's key for collected packets is damaged: restore a backup";
    /** The maximum size of a candidate that uses one place, in bytes. */
    private static final int PLACE = 1024;

    private final SecureRandom random;
    private final int most;
    /** The number of places that each share uses; null if they must be counted. */
    private @Nullable Map<Long, Long> held;

    private long total;

    /** @param most the number of places */
    Collector(SecureRandom random, int most) {
        this.random = random;
        this.most = most;
    }

    /** Creates the key pair of a new store: rows of the meta table. */
    Map<String, byte[]> create(StoreKeys keys) {
        KeyPair pair = CandidateBox.newKeyPair(random);
        byte[] publicKey = pair.getPublic().getEncoded();
        byte[] privateKey = pair.getPrivate().getEncoded();
        try {
            return Map.of(PUBLIC_KEY, publicKey, PRIVATE_KEY, keys.seal(place(publicKey), privateKey));
        } finally {
            StoreKeys.wipe(privateKey);
        }
    }

    /** Adds candidates, except those whose names are stored already. */
    void add(Database database, Connection connection, List<Store.Collected> candidates)
            throws SQLException, StoreException {
        Turn turn = database.turn(connection);
        Turn next = turn;
        for (Store.Collected candidate : candidates) {
            byte[] digest = digest(candidate.name());
            if (!holds(connection, digest)) {
                insert(connection, next.nextCandidate(), digest, candidate);
                next = next.afterCandidate();
            }
        }
        if (!next.equals(turn)) {
            byte[] mark = new byte[Turn.MARK];
            random.nextBytes(mark);
            database.setTurn(connection, next.encode(mark));
        }
    }

    private void insert(Connection connection, long id, byte[] digest, Store.Collected candidate)
            throws SQLException, StoreException {
        byte[] box;
        try {
            box = CandidateBox.seal(publicKey(connection), candidate.candidate(), random);
        } catch (GeneralSecurityException e) {
            throw damaged(e);
        }
        int places = Math.max(1, (candidate.candidate().length + PLACE - 1) / PLACE);
        Map<Long, Long> room = makeRoom(connection, places);
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into pl_candidate (id, digest, share, places, sealed, more) values (?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setBytes(2, digest);
            insert.setLong(3, candidate.share());
            insert.setInt(4, places);
            Database.setSplit(insert, 5, box);
            insert.executeUpdate();
        }
        room.merge(candidate.share(), (long) places, Long::sum);
        total += places;
    }

    /** @return the number of places that each share uses now */
    private Map<Long, Long> makeRoom(Connection connection, int places) throws SQLException {
        Map<Long, Long> now = held;
        if (now == null) {
            now = new HashMap<>();
            total = 0;
            try (PreparedStatement select =
                            connection.prepareStatement("select share, sum(places) from pl_candidate group by share");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    now.put(row.getLong(1), row.getLong(2));
                    total += row.getLong(2);
                }
            }
            held = now;
        }
        while (total + places > most && !now.isEmpty()) {
            // Among equally large shares, the newest block: a block can be read again, a mempool cannot.
            long share = now.entrySet().stream()
                    .max(Map.Entry.<Long, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .orElseThrow()
                    .getKey();
            long freed = dropOldest(connection, share);
            total -= freed;
            now.computeIfPresent(share, (key, had) -> had - freed <= 0 || freed == 0 ? null : had - freed);
        }
        return now;
    }

    /** Drops the oldest candidate of a share, and counts it. @return the number of places that it used */
    private static long dropOldest(Connection connection, long share) throws SQLException {
        long id;
        long places;
        try (PreparedStatement select =
                connection.prepareStatement("select id, places from pl_candidate where share = ? order by id")) {
            select.setMaxRows(1);
            select.setLong(1, share);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return 0;
                }
                id = row.getLong(1);
                places = row.getLong(2);
            }
        }
        execute(connection, "delete from pl_candidate where id = ?", id);
        if (execute(connection, "update pl_dropped set packets = packets + 1 where share = ?", share) == 0) {
            execute(connection, "insert into pl_dropped (share, packets) values (?, 1)", share);
        }
        return places;
    }

    private static int execute(Connection connection, String sql, long value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, value);
            return statement.executeUpdate();
        }
    }

    /** The number of dropped candidates of each share. */
    static Map<Long, Long> dropped(Connection connection) throws SQLException {
        Map<Long, Long> dropped = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("select share, packets from pl_dropped");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                dropped.put(row.getLong(1), row.getLong(2));
            }
        }
        return dropped;
    }

    static void forgetDropped(Connection connection, Collection<Long> shares) throws SQLException {
        for (long share : shares) {
            execute(connection, "delete from pl_dropped where share = ?", share);
        }
    }

    /** Counts again before the next candidate, since something else has changed their number, or may have. */
    void recount() {
        held = null;
    }

    /** The public key, for sealing. */
    static byte[] publicKey(Connection connection) throws SQLException, StoreException {
        byte[] publicKey = Meta.get(connection, PUBLIC_KEY);
        if (publicKey == null) {
            throw damaged();
        }
        return publicKey;
    }

    /** Whether the keys are this store's: they open its private key. */
    boolean fits(Connection connection, StoreKeys keys) throws SQLException, StoreException {
        byte[] publicKey = publicKey(connection);
        byte[] sealed = Meta.get(connection, PRIVATE_KEY);
        if (sealed == null) {
            throw damaged();
        }
        try {
            StoreKeys.wipe(keys.open(place(publicKey), sealed));
            return true;
        } catch (AEADBadTagException e) {
            return false;
        }
    }

    /** @return the caller wipes it */
    SecretBytes privateKey(Connection connection, StoreKeys keys) throws SQLException, StoreException {
        byte[] publicKey = publicKey(connection);
        byte[] sealed = Meta.get(connection, PRIVATE_KEY);
        if (sealed == null) {
            throw damaged();
        }
        try {
            // Sealed to the public key: if someone replaces the public key to read candidates, this is detected.
            return SecretBytes.wrap(keys.open(place(publicKey), sealed));
        } catch (AEADBadTagException | IllegalArgumentException e) {
            throw damaged(e);
        }
    }

    private static boolean holds(Connection connection, byte[] digest) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select id from pl_candidate where digest = ?")) {
            select.setBytes(1, digest);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The number of stored candidates. */
    static long count(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select count(*) from pl_candidate");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static byte[] digest(byte[] name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] place(byte[] publicKey) {
        byte[] label = PRIVATE_KEY.getBytes(StandardCharsets.US_ASCII);
        byte[] place = Arrays.copyOf(label, label.length + publicKey.length);
        System.arraycopy(publicKey, 0, place, label.length, publicKey.length);
        return place;
    }

    private static StoreException damaged() {
        return new StoreException(DAMAGED);
    }

    private static StoreException damaged(Exception cause) {
        return new StoreException(DAMAGED, cause);
    }
}
