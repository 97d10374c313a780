package org.partyline.webserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Numbers;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.store.NotLeaderException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess.Created;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manages the tokens in the store: their hashes and permissions. */
final class Tokens {
    static final String TABLE = "web-token";

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final int ID_BYTES = 8;
    private static final int MOST = 1000;
    private static final long USE_IS_KEPT_EVERY_SECONDS = 60;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) plt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})");
    private static final byte[] ONE_GROUP = {};
    private static final Numbers EVERYTHING = new Numbers(OptionalInt.empty(), Set.of());
    private static final byte[] NO_HASH = new byte[Secret.BYTES];
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<Store> store;
    private final Supplier<Conversations> conversations;
    private final Clock clock;
    private final SecureRandom random;
    private volatile Instant keepNoUseBefore = Instant.MIN;

    /** @param store returns null while it is unavailable @param conversations likewise */
    Tokens(Supplier<Store> store, Supplier<Conversations> conversations, Clock clock, SecureRandom random) {
        this.store = store;
        this.conversations = conversations;
        this.clock = clock;
        this.random = random;
    }

    Created create(Wanted wanted) throws PartylineException {
        if (!NAME.matcher(wanted.name()).matches()) {
            throw new PartylineException(
                    "a token's name has 1 to 32 letters, digits, dots, underscores and hyphens, and "
                            + "begins with a letter or a digit: choose another");
        }
        if (wanted.scopes().isEmpty()) {
            throw new PartylineException("a token needs a scope: read, send, wallet or admin");
        }
        boolean limited = !wanted.seen().isEverything();
        Numbers numbers = limited ? conversations().numbers(wanted.seen()) : EVERYTHING;
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String text = Secret.make(random);
        ApiTokenRecord record = new ApiTokenRecord(
                HexFormat.of().formatHex(id),
                wanted.name(),
                HexFormat.of().formatHex(Secret.hash(text)),
                wanted.scopes().stream().sorted().map(Scope::word).toList(),
                numbers.persona().isPresent() ? numbers.persona().getAsInt() : null,
                numbers.conversations().stream().sorted().toList(),
                wanted.dailySat().isPresent() ? wanted.dailySat().getAsLong() : null,
                clock.instant().getEpochSecond(),
                wanted.expires().map(Instant::getEpochSecond).orElse(null),
                null);
        open().<PartylineException>update(tx -> {
            List<ApiTokenRecord> all = all(tx);
            if (all.stream().anyMatch(one -> one.name().equals(record.name()))) {
                throw new PartylineException("there is already a token '" + record.name()
                        + "': choose another name, or revoke it with partyline:token-revoke " + record.name());
            }
            if (all.size() >= MOST) {
                throw new PartylineException(
                        "there are " + MOST + " tokens, the maximum: revoke some with " + "partyline:token-revoke");
            }
            put(tx, record);
        });
        return new Created("plt_" + record.id() + "_" + text, record.token(wanted.seen()));
    }

    List<WebToken> list() throws PartylineException {
        List<WebToken> tokens = new ArrayList<>();
        for (ApiTokenRecord one : open().<List<ApiTokenRecord>, PartylineException>transact(Tokens::all)) {
            tokens.add(token(one));
        }
        tokens.sort(Comparator.comparing(WebToken::name));
        return tokens;
    }

    /** Returns a token with present names. Not within a transaction, since the names are guarded by the state lock. */
    private WebToken token(ApiTokenRecord record) throws PartylineException {
        return record.token(record.isLimited() ? conversations().named(record.numbers()) : Selection.EVERYTHING);
    }

    private Conversations conversations() throws PartylineException {
        Conversations known = conversations.get();
        if (known == null) {
            throw new PartylineException("the conversations are unavailable: start bundle org.partyline.messages");
        }
        return known;
    }

    WebToken revoke(String name) throws PartylineException {
        ApiTokenRecord revoked = open().<ApiTokenRecord, PartylineException>transact(tx -> {
            for (ApiTokenRecord one : all(tx)) {
                if (one.name().equals(name)) {
                    tx.delete(TABLE, key(one.id()));
                    return one;
                }
            }
            throw new PartylineException("there is no token of that name: see partyline:token-list");
        });
        try {
            return token(revoked);
        } catch (PartylineException e) {
            LOG.debug("what a revoked token was limited to is unknown: {}", Faults.trace(e));
            return revoked.token(new Selection(Optional.empty(), Set.of(Selection.REMOVED)));
        }
    }

    /**
     * The token of a request.
     *
     * @param authorization the header, or null
     * @throws WebProblem if there is none, or it is not accepted
     */
    WebToken bearer(@Nullable String authorization) throws PartylineException {
        if (authorization == null) {
            throw refused("send the header Authorization: Bearer TOKEN; partyline:token-create creates a token");
        }
        Matcher matcher = BEARER.matcher(authorization);
        if (!matcher.matches()) {
            throw refused("the Authorization header has no token: send Bearer, a space and the token");
        }
        byte[] hash = Secret.hash(matcher.group(2));
        Instant now = clock.instant();
        ApiTokenRecord record = open().<Optional<ApiTokenRecord>, PartylineException>transact(tx -> {
                    Optional<ApiTokenRecord> known = find(tx, matcher.group(1));
                    byte[] expected = known.map(one -> HexFormat.of().parseHex(one.hash()))
                            .orElse(NO_HASH);
                    // Takes the same time wherever the two differ.
                    return MessageDigest.isEqual(expected, hash) ? known : Optional.empty();
                })
                .orElseThrow(() -> refused("the token is not known: it may have been revoked"));
        if (record.isExpired(now)) {
            throw refused("the token has expired: create another with partyline:token-create");
        }
        if (record.isUseDue(now, USE_IS_KEPT_EVERY_SECONDS)) {
            keepUse(record.id(), now);
        }
        return token(record);
    }

    /**
     * If the store cannot be written, for example because the disk is full, the token is accepted anyway; its next use
     * is stored a minute later.
     */
    private void keepUse(String id, Instant now) throws PartylineException {
        if (now.isBefore(keepNoUseBefore)) {
            return;
        }
        try {
            open().<PartylineException>update(tx -> {
                Optional<ApiTokenRecord> known = find(tx, id);
                if (known.isPresent() && known.get().isUseDue(now, USE_IS_KEPT_EVERY_SECONDS)) {
                    put(tx, known.get().usedAt(now));
                }
            });
        } catch (StoreLockedException | NotLeaderException e) {
            throw e;
        } catch (StoreException e) {
            keepNoUseBefore = now.plusSeconds(USE_IS_KEPT_EVERY_SECONDS);
            LOG.debug("the last use of a token is stored later: {}", Faults.trace(e));
        }
    }

    private static WebProblem refused(String detail) {
        return new WebProblem(401, "Not authenticated", detail, Map.of("WWW-Authenticate", "Bearer"));
    }

    private Store open() throws PartylineException {
        Store known = store.get();
        if (known == null) {
            throw new StoreException("the store service is not running: try again shortly");
        }
        Store.State state = known.state();
        if (state != Store.State.OPEN) {
            throw StoreLockedException.of(state);
        }
        return known;
    }

    private static List<ApiTokenRecord> all(StoreTransaction tx) throws StoreException {
        List<ApiTokenRecord> all = new ArrayList<>();
        for (StoredRecord one : tx.list(TABLE)) {
            all.add(read(one.value()));
        }
        return all;
    }

    private static Optional<ApiTokenRecord> find(StoreTransaction tx, String id) throws StoreException {
        Optional<byte[]> value = tx.get(TABLE, key(id));
        return value.isEmpty() ? Optional.empty() : Optional.of(read(value.get()));
    }

    private static void put(StoreTransaction tx, ApiTokenRecord record) throws StoreException {
        try {
            tx.put(TABLE, key(record.id()), ONE_GROUP, JSON.writeValueAsBytes(record), null);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a token cannot be written", e);
        }
    }

    private static ApiTokenRecord read(byte[] value) {
        try {
            return JSON.readValue(value, ApiTokenRecord.class);
        } catch (IOException e) {
            throw new IllegalStateException("a token in the store cannot be read", e);
        }
    }

    private static byte[] key(String id) {
        return id.getBytes(StandardCharsets.US_ASCII);
    }
}
