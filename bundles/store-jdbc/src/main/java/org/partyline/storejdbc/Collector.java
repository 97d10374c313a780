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
import javax.crypto.AEADBadTagException;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.StoreException;

/**
 * Puts candidates away in boxes that only an open store opens.
 *
 * <p>A candidate that is held already is known by the SHA-256 of its name, which stands in clear beside the box. A locked store has no
 * secret to key a hash with: a key in the database would be the thief's as well, and a key in memory would be another one
 * after each restart, when the whole mempool comes in again. It costs little: a locked server cannot know its own packets,
 * so it holds everything of the right shape that anybody sent, and the hashes show what was public while it was locked,
 * no matter whose it was.
 */
final class Collector {
    private static final String PUBLIC_KEY = "collect-public";
    private static final String PRIVATE_KEY = "collect-private";
    private static final int UNKNOWN = -1;

    private final SecureRandom random;
    private final int most;
    private long held = UNKNOWN;

    /** @param most how many are held at the most; the oldest go first */
    Collector(SecureRandom random, int most) {
        this.random = random;
        this.most = most;
    }

    /** Makes the key pair of a new store. */
    void create(Connection connection, StoreKeys keys) throws SQLException {
        KeyPair pair = CandidateBox.newKeyPair(random);
        byte[] publicKey = pair.getPublic().getEncoded();
        byte[] privateKey = pair.getPrivate().getEncoded();
        try {
            Database.insertMeta(connection, PUBLIC_KEY, publicKey);
            Database.insertMeta(connection, PRIVATE_KEY, keys.seal(place(publicKey), privateKey));
        } finally {
            StoreKeys.wipe(privateKey);
        }
    }

    /** Adds a candidate, unless one of its name is held. */
    void add(Connection connection, byte[] name, byte[] candidate) throws SQLException, StoreException {
        Turn turn = Database.turn(connection);
        byte[] digest = digest(name);
        if (holds(connection, digest)) {
            return;
        }
        byte[] box;
        try {
            box = CandidateBox.seal(publicKey(connection), candidate, random);
        } catch (GeneralSecurityException e) {
            throw damaged(e);
        }
        if (held == UNKNOWN) {
            held = count(connection);
        }
        for (; held >= most; held--) {
            deleteOldest(connection);
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into pl_candidate (id, digest, sealed, more) values (?, ?, ?, ?)")) {
            insert.setLong(1, turn.nextCandidate());
            insert.setBytes(2, digest);
            Database.setSplit(insert, 3, box);
            insert.executeUpdate();
        }
        held++;
        byte[] mark = new byte[Turn.MARK];
        random.nextBytes(mark);
        Database.updateMeta(connection, Database.TURN, turn.afterCandidate().encode(mark));
    }

    /** Counts anew before the next candidate: something else changed their number, or may have. */
    void recount() {
        held = UNKNOWN;
    }

    /** Whoever wants to seal to the store needs it. */
    static byte[] publicKey(Connection connection) throws SQLException, StoreException {
        byte[] publicKey = Database.meta(connection, PUBLIC_KEY);
        if (publicKey == null) {
            throw damaged(null);
        }
        return publicKey;
    }

    /** Whether the keys are this store's: they open its private key. */
    boolean fits(Connection connection, StoreKeys keys) throws SQLException, StoreException {
        byte[] publicKey = publicKey(connection);
        byte[] sealed = Database.meta(connection, PRIVATE_KEY);
        if (sealed == null) {
            throw damaged(null);
        }
        try {
            StoreKeys.wipe(keys.open(place(publicKey), sealed));
            return true;
        } catch (AEADBadTagException e) {
            return false;
        }
    }

    /** @return the caller's to wipe */
    SecretBytes privateKey(Connection connection, StoreKeys keys) throws SQLException, StoreException {
        byte[] publicKey = publicKey(connection);
        byte[] sealed = Database.meta(connection, PRIVATE_KEY);
        if (sealed == null) {
            throw damaged(null);
        }
        try {
            // Sealed to the public key: who puts another public key here, to read along, is found out.
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

    /** How many are held. */
    static long count(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select count(*) from pl_candidate");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void deleteOldest(Connection connection) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from pl_candidate where id = (select min(id) from pl_candidate)")) {
            delete.executeUpdate();
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

    private static StoreException damaged(Exception cause) {
        return new StoreException("the store's key for collected packets is damaged: restore a backup", cause);
    }
}
