package org.partyline.webapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebToken;

/** What tokens sent, in the store. */
final class SentMessages {
    static final String TABLE = "web-sent";
    /** How long a repeated call gets the first answer. */
    static final Duration KEPT = Duration.ofDays(7);

    private static final Duration DAY = Duration.ofDays(1);
    private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");
    private static final int RANDOM_BYTES = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final SecureRandom random;

    SentMessages(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /**
     * One call.
     *
     * @param token who makes it
     * @param name of its record
     * @param sum of the request; empty: it has no key
     */
    record Call(WebToken token, byte[] name, Optional<String> sum) {}

    /** @param key the header Idempotency-Key, or null @throws WebProblem when it is not one */
    Call call(WebToken token, String key, String conversation, byte[] body) throws WebProblem {
        if (key == null) {
            byte[] name = new byte[RANDOM_BYTES];
            random.nextBytes(name);
            return new Call(token, name, Optional.empty());
        }
        if (!KEY.matcher(key).matches()) {
            throw new WebProblem(
                    400, "Bad request", "an Idempotency-Key has 1 to 255 printable ASCII characters without spaces");
        }
        try {
            byte[] name = MessageDigest.getInstance("SHA-256")
                    .digest((token.id() + '\n' + key).getBytes(StandardCharsets.US_ASCII));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            mac.update(conversation.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return new Call(token, name, Optional.of(HexFormat.of().formatHex(mac.doFinal(body))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256 and HMAC", e);
        }
    }

    /** The answer that a call got before; empty: it is the first. @throws WebProblem when the key was used for another request */
    Optional<String> answered(StoreTransaction tx, Call call) throws StoreException, WebProblem {
        if (call.sum().isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> before = tx.get(TABLE, call.name());
        if (before.isEmpty()) {
            return Optional.empty();
        }
        SentRecord record = read(before.get());
        if (!call.sum().get().equals(record.sum())) {
            throw new WebProblem(
                    409, "Key used before", "this Idempotency-Key was used for another request: use a new key");
        }
        return Optional.of(record.answer());
    }

    /**
     * Makes sure that a message stays within the token's limit.
     *
     * @param sat the most that it may cost; empty: nobody knows
     */
    void requireWithinLimit(StoreTransaction tx, WebToken token, OptionalLong sat) throws StoreException, WebProblem {
        if (token.dailySat().isEmpty()) {
            return;
        }
        if (sat.isEmpty()) {
            throw new WebProblem(
                    503,
                    "Not available",
                    "no node gives an estimate of the fee, so the token's spending limit cannot be checked: try again later");
        }
        Instant since = clock.instant().minus(DAY);
        long spent = 0;
        for (StoredRecord one : tx.list(TABLE, group(token))) {
            SentRecord record = read(one.value());
            if (record.time() > since.getEpochSecond()) {
                spent = Math.addExact(spent, record.sat());
            }
        }
        long limit = token.dailySat().getAsLong();
        if (sat.getAsLong() > limit - spent) {
            throw new WebProblem(
                    403,
                    "Spending limit",
                    "the message may cost " + sat.getAsLong() + " sat, and of the token's " + limit + " sat a day "
                            + Math.max(0, limit - spent) + " sat are left");
        }
    }

    /** Keeps an answer, or puts another one in its place. @param sat the most that the message may cost */
    void put(StoreTransaction tx, Call call, long sat, String answer) throws StoreException {
        if (call.sum().isEmpty() && call.token().dailySat().isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        SentRecord record = new SentRecord(call.sum().orElse(null), now.getEpochSecond(), sat, answer);
        try {
            tx.put(TABLE, call.name(), group(call.token()), JSON.writeValueAsBytes(record), now.plus(KEPT));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of a message cannot be written", e);
        }
    }

    private static byte[] group(WebToken token) {
        return token.id().getBytes(StandardCharsets.US_ASCII);
    }

    private static SentRecord read(byte[] value) {
        try {
            return JSON.readValue(value, SentRecord.class);
        } catch (IOException e) {
            throw new IllegalStateException("a record of a message cannot be read", e);
        }
    }
}
