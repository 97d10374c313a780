package org.partyline.vault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.continuity.TokenRecord;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects whether the open store is the one that ran last, or a restored old copy (PROTOCOL 5, "State that may be
 * old").
 *
 * <p>A random token is kept in the store and outside the home. It changes at each unlock, at each lock and clean stop,
 * and with each use of a session's chain, in the transaction that uses it. So an old copy is detected even if the
 * server was killed after the copy was made.
 *
 * <p>Each change has two steps: the store gets the next token beside the previous one, then the token outside is
 * replaced. After a crash between the two steps the store knows either token; an old copy does not know the one
 * outside. Data that a change protects leaves only after both steps.
 *
 * <p>If two servers share a store, each keeps the token outside its own home. A server that takes over has none, or an
 * old one: it is sure of the store if it watched the previous leader up to that moment ({@link Store#takenOver}), and
 * the store has come as far as that leader had published. A new store in that database counts on from there: the
 * standby could not distinguish it from an old copy otherwise, and the count does not show that the store is new.
 *
 * <p>While the store is open, its content is compared with the data that was stored last: see {@link
 * org.partyline.messaging.state.NewestRows}.
 *
 * <p>Runs under the state lock.
 */
public final class Continuity {
    public static final int TOKEN_LENGTH = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Continuity.class);
    private static final int ID_LENGTH = 16;
    private static final int NAME_LENGTH = 16;
    /** Anyone who writes to a shared database can write another count there, and it must not overflow. */
    private static final long MOST_CHANGES = 1L << 62;

    private static final String TOKEN = "the token that identifies old copies of the store";
    private static final byte[] KEY = Keys.of("token");
    private static final byte[] LABEL = "partyline/2 store\0".getBytes(StandardCharsets.US_ASCII);

    private final Store store;
    private final StateGuard guard;
    private final SecureRandom random;
    private final Clock clock;
    private final TokenPlace place;
    private final StateOwner owner;
    /** The token in the store; null while it is locked. */
    private @Nullable TokenRecord current;
    /**
     * The token in the store instead, if the last transaction that changed it has succeeded; null if there was none.
     */
    private @Nullable TokenRecord next;
    /** The store that was open last; null if none. */
    private byte @Nullable [] lastId;

    /** The finding when the store was opened; null if there was none. */
    private volatile @Nullable String finding;
    /** Why the token outside is not the newest; null if it is. */
    private volatile @Nullable String problem;

    /**
     * @param guard of the same store: repairs are recorded there
     * @param owner repairs the whole state
     */
    public Continuity(
            Store store, StateGuard guard, SecureRandom random, Clock clock, TokenPlace place, StateOwner owner) {
        this.store = store;
        this.guard = guard;
        this.random = random;
        this.clock = clock;
        this.place = place;
        this.owner = owner;
    }

    /**
     * Called when the store was opened: determines whether it is the one that ran last, repairs it if that is not
     * certain, and changes the token.
     */
    public void enter() throws StoreException {
        finding = null;
        problem = null;
        // Valid at this moment only: it vouches for nothing the next time.
        boolean watched = store.takenOver();
        Optional<String> leaderBefore = store.published();
        place.weakness().ifPresent(why -> LOG.warn("{}", why));
        boolean putBack = store.acceptPutBack();
        Optional<TokenRecord> known = store.transact(Continuity::find);
        boolean first = known.isEmpty() && !store.transact(owner::hasUsedKeys);
        byte[] id = known.map(TokenRecord::id).orElseGet(() -> random(ID_LENGTH));
        if (!store.note(ErasableToken.NOTE).equals(Optional.of(name(id)))) {
            store.note(ErasableToken.NOTE, name(id));
        }
        if (!Arrays.equals(id, lastId)) {
            guard.newestRows().forget();
        }
        lastId = id;
        boolean stamped = known.isPresent() && known.get().stamped();
        Optional<String> rows = store.transact(tx -> guard.newestRows().begin(tx, stamped));
        Optional<byte[]> outside = Optional.empty();
        String why = null;
        try {
            outside = place.read(name(id)).filter(token -> token.length == TOKEN_LENGTH);
        } catch (IOException e) {
            why = "the token " + place.where() + " cannot be read: " + e.getMessage();
        }
        if (why == null && !first) {
            why = compare(known, outside, leaderBefore, watched);
        }
        if (why == null && !first) {
            why = putBack ? "it is not in the state this server last stored" : rows.orElse(null);
        }
        byte[] next = random(TOKEN_LENGTH);
        TokenRecord before = atLeast(
                leaderBefore.map(Continuity::count).orElse(0L), known.orElse(new TokenRecord(id, next, next, 0, true)));
        if (why == null || first) {
            TokenRecord token = before.next(outside.orElse(next), next);
            guard.update(tx -> put(tx, token));
            keep(token);
            if (problem == null || first) {
                return;
            }
            // From now on, copies of these files would be taken for the newest ones.
            why = problem;
        }
        mend(before.next(next, next), why);
    }

    private void mend(TokenRecord token, String why) throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                owner.mend(tx, after, why);
                put(tx, token);
            });
            after.commit();
        }
        keep(token);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        finding = "the store may be a restored old copy (found " + now + ": " + why
                + "): none of its keys is used again, channels start new chains and sessions are opened anew";
        LOG.warn("{}", finding);
    }

    /**
     * Returns why the store is not known to be the one that ran last; null if it is.
     *
     * @param leaderBefore what the previous leader had published, or this server since
     * @param watched whether this server watched the previous leader up to the takeover
     */
    private @Nullable String compare(
            Optional<TokenRecord> known, Optional<byte[]> outside, Optional<String> leaderBefore, boolean watched) {
        if (known.isEmpty()) {
            return "it has no token";
        }
        if (leaderBefore.isPresent() && !follows(known.get(), leaderBefore.get())) {
            // Even if this server's own token matches: it may be from an earlier time when this server led.
            return "its database is in an earlier state than its leader reported";
        }
        if (leaderBefore.isPresent() && watched) {
            // That server has the token; this one saw how far the store had come.
            LOG.info("the store was taken over from a server that was monitored: it is not an old copy");
            return null;
        }
        if (outside.isEmpty()) {
            return "its token is missing " + place.where();
        }
        boolean now = MessageDigest.isEqual(outside.get(), known.get().now());
        boolean before = MessageDigest.isEqual(outside.get(), known.get().before());
        return now || before ? null : "another server that used it left another token " + place.where();
    }

    /** Returns whether the store has come at least as far as its leader had published. */
    private static boolean follows(TokenRecord known, String published) {
        long count = count(published);
        return count >= 0 && (known.count() > count || known.count() == count && published.equals(mark(known)));
    }

    /** Returns the count that a leader published; -1 if no server can have published it. */
    private static long count(String published) {
        try {
            long count = Long.parseLong(published.substring(0, Math.max(0, published.indexOf(':'))));
            return count < MOST_CHANGES ? count : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static TokenRecord atLeast(long count, TokenRecord token) {
        return new TokenRecord(
                token.id(), token.before(), token.now(), Math.max(count, token.count()), token.stamped());
    }

    /** Returns the value with which a server that takes over compares the store; reveals nothing about the token. */
    private static String mark(TokenRecord token) {
        return token.count() + ":" + name(token.now());
    }

    public void step(StoreTransaction tx, AfterCommit after) throws StoreException {
        TokenRecord stored = find(tx).orElseThrow(() -> new RowsPutBackException(TOKEN));
        if (next != null && next.isSame(stored)) {
            // It was unknown whether this had been stored.
            current = next;
        }
        TokenRecord known = Objects.requireNonNull(current, "the store is not open");
        if (!known.isSame(stored)) {
            throw new RowsPutBackException(TOKEN);
        }
        TokenRecord token = known.next(known.now(), random(TOKEN_LENGTH));
        next = token;
        put(tx, token);
        after.then(() -> keep(token));
    }

    /** Called when the store is about to be locked, or the server to stop. */
    public void leave() {
        if (current == null) {
            return;
        }
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> step(tx, after));
            after.commit();
        } catch (StoreException e) {
            LOG.warn("the token that identifies old copies of the store is unchanged: {}", e.getMessage());
        }
        guard.newestRows().pause();
        current = null;
        next = null;
    }

    /** Returns warnings for the operator; empty if all is well. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        String found = finding;
        if (found != null) {
            warnings.add(found);
        }
        String wrong = problem;
        if (wrong != null) {
            warnings.add(wrong + "; until this is corrected, each start opens all sessions anew: see directory in "
                    + TokenDirectory.PID + ".cfg");
        }
        place.weakness().ifPresent(warnings::add);
        return warnings;
    }

    /** Performs the second step of a change. */
    private void keep(TokenRecord token) {
        current = token;
        next = null;
        try {
            place.write(name(token.id()), token.now());
            problem = null;
        } catch (IOException e) {
            String wrong = "the token that identifies old copies of the store cannot be stored " + place.where() + ": "
                    + e.getMessage();
            if (problem == null) {
                LOG.warn("{}", wrong);
            }
            problem = wrong;
        }
        // Last: it replaces what the previous leader had published.
        store.publish(mark(token));
    }

    private static Optional<TokenRecord> find(StoreTransaction tx) throws StoreException {
        return Tables.find(tx, TokenRecord.TABLE, KEY, TokenRecord.class);
    }

    private static void put(StoreTransaction tx, TokenRecord token) throws StoreException {
        tx.put(TokenRecord.TABLE, KEY, Keys.ALL, Cbor.write(token), null);
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns a name that reveals nothing about the store. */
    static String name(byte[] id) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(LABEL);
            return HexFormat.of().formatHex(hash.digest(id), 0, NAME_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
