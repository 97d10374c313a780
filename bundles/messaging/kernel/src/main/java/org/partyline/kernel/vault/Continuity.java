package org.partyline.kernel.vault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.continuity.KeyUse;
import org.partyline.messaging.continuity.Mending;
import org.partyline.messaging.continuity.TokenRecord;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether the open store is the one that ran last, or an old copy that was put back (PROTOCOL 5, "State that may be
 * old").
 *
 * <p>A random token is kept in the store and outside of the home. It changes at each unlock, at each lock and clean stop, and
 * with each use of a session's chain, in the transaction that uses it. So an old copy is found out also when the server was
 * killed after the copy was made.
 *
 * <p>Each change is two steps: the store gets the next token beside the one before, then the token outside is replaced. After
 * a crash between the two the store knows either; an old copy does not know the one that is outside. What a change
 * protects leaves only after both steps.
 *
 * <p>Of two servers that share a store, each keeps the token outside of its own home. One that takes over has none, or an old one: it
 * is sure of the store when it watched the leader before it up to that moment ({@link Store#takenOver}).
 *
 * <p>Runs under the kernel's lock.
 */
public final class Continuity implements KeyUse {
    public static final int TOKEN_LENGTH = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Continuity.class);
    private static final int ID_LENGTH = 16;
    private static final int NAME_LENGTH = 16;
    private static final byte[] KEY = Keys.of("token");
    private static final byte[] LABEL = "partyline/2 store\0".getBytes(StandardCharsets.US_ASCII);

    private final Store store;
    private final StateGuard guard;
    private final SecureRandom random;
    private final Clock clock;
    private final TokenPlace place;
    private final Mending mending;
    /** What the store has; null while it is locked. */
    private TokenRecord current;

    /** What was found when the store was opened; null: nothing. */
    private volatile String finding;
    /** Why the token outside is not the newest; null: it is. */
    private volatile String problem;

    /** @param guard of the same store: what is mended is noted there */
    public Continuity(
            Store store, StateGuard guard, SecureRandom random, Clock clock, TokenPlace place, Mending mending) {
        this.store = store;
        this.guard = guard;
        this.random = random;
        this.clock = clock;
        this.place = place;
        this.mending = mending;
    }

    /** The store was opened: finds out whether it is the one that ran last, mends it when that is not sure, and changes the token. */
    public void enter(Unlocked memory) throws StoreException {
        finding = null;
        problem = null;
        // Of this moment only: whatever it vouches for, it does not do so for the next time.
        boolean takenOver = store.takenOver();
        place.weakness().ifPresent(why -> LOG.warn("{}", why));
        Optional<TokenRecord> known = store.transact(Continuity::find);
        boolean first = known.isEmpty() && !store.transact(mending::hasSpoken);
        byte[] id = known.map(TokenRecord::id).orElseGet(() -> random(ID_LENGTH));
        if (!store.note(ErasableToken.NOTE).equals(Optional.of(name(id)))) {
            store.note(ErasableToken.NOTE, name(id));
        }
        Optional<byte[]> outside = Optional.empty();
        String why = null;
        try {
            outside = place.read(name(id)).filter(token -> token.length == TOKEN_LENGTH);
        } catch (IOException e) {
            why = "the token " + place.where() + " cannot be read: " + e.getMessage();
        }
        if (why == null && !first) {
            why = compare(known, outside);
            if (why != null && takenOver) {
                // The token is with the server that led before; this one saw how far the store had come.
                LOG.info("the store was taken over from another server, which was watched: it is no old copy");
                why = null;
            }
        }
        byte[] next = random(TOKEN_LENGTH);
        if (why == null || first) {
            TokenRecord token = new TokenRecord(id, outside.orElse(next), next);
            store.transact(tx -> put(tx, token));
            keep(token);
            if (problem == null || first) {
                return;
            }
            // Copies of these files would be taken for the newest ones from now on.
            why = problem;
        }
        mend(memory, new TokenRecord(id, next, next), why);
    }

    private void mend(Unlocked memory, TokenRecord token, String why) throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            guard.transact(tx -> {
                mending.mend(tx, memory, after, why);
                return put(tx, token);
            });
            after.commit();
        }
        keep(token);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        finding = "the store may be an old copy that was put back (found " + now + ": " + why
                + "): no key of it is used again, channels begin new chains and sessions are opened anew";
    }

    /** Why the store is not known to be the one that ran last; null when it is. */
    private String compare(Optional<TokenRecord> known, Optional<byte[]> outside) {
        if (known.isEmpty()) {
            return "it has no token";
        }
        if (outside.isEmpty()) {
            return "its token is missing " + place.where();
        }
        boolean same = MessageDigest.isEqual(outside.get(), known.get().now())
                | MessageDigest.isEqual(outside.get(), known.get().before());
        return same ? null : "another life of it left another token " + place.where();
    }

    @Override
    public void step(StoreTransaction tx, AfterCommit after) throws StoreException {
        TokenRecord token = new TokenRecord(current.id(), current.now(), random(TOKEN_LENGTH));
        put(tx, token);
        after.then(() -> keep(token));
    }

    /** The store is about to be locked, or the server to stop. */
    public void leave() {
        if (current == null) {
            return;
        }
        TokenRecord token = new TokenRecord(current.id(), current.now(), random(TOKEN_LENGTH));
        try {
            store.transact(tx -> put(tx, token));
            keep(token);
        } catch (StoreException e) {
            LOG.warn("the token that tells old copies of the store apart stays as it is: {}", e.getMessage());
        }
        current = null;
    }

    /** What the operator should know; empty when all is well. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        String found = finding;
        if (found != null) {
            warnings.add(found);
        }
        String wrong = problem;
        if (wrong != null) {
            warnings.add(wrong + "; while it is so, each start opens all sessions anew: see directory in "
                    + TokenDirectoryConfiguration.PID + ".cfg");
        }
        place.weakness().ifPresent(warnings::add);
        return warnings;
    }

    /** The second step of a change. */
    private void keep(TokenRecord token) {
        current = token;
        try {
            place.write(name(token.id()), token.now());
            problem = null;
        } catch (IOException e) {
            String wrong = "the token that tells old copies of the store apart cannot be kept " + place.where() + ": "
                    + e.getMessage();
            if (problem == null) {
                LOG.warn("{}", wrong);
            }
            problem = wrong;
        }
    }

    private static Optional<TokenRecord> find(StoreTransaction tx) throws StoreException {
        return Tables.find(tx, TokenRecord.TABLE, KEY, TokenRecord.class);
    }

    private static Void put(StoreTransaction tx, TokenRecord token) throws StoreException {
        tx.put(TokenRecord.TABLE, KEY, Keys.ALL, Cbor.write(token), null);
        return null;
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Who reads the name learns nothing of the store. */
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
