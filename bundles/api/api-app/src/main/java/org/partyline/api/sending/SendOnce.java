package org.partyline.api.sending;

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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.json.Json;
import org.partyline.api.json.RecallView;
import org.partyline.api.json.ReceiptView;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/**
 * Sends messages and edits of programs, each exactly once. The key of a call is stored in the transaction of its
 * message: if the server is killed, both are stored or neither is, so a repeated call cannot pay twice.
 */
public final class SendOnce {
    /** The table of the store. */
    public static final String TABLE = "sent-once";
    /** How long a repeated call receives the first answer. */
    public static final Duration KEPT = Duration.ofDays(7);
    /** The rule for keys, for error messages. */
    public static final String KEY_RULE = "1 to 255 printable ASCII characters without spaces";

    private static final Duration DAY = Duration.ofDays(1);
    private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");
    private static final int RANDOM_BYTES = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final SecureRandom random;

    public SendOnce(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /**
     * One call.
     *
     * @param owner the caller: keys of different owners are independent
     * @param name the name of its record
     * @param sum a MAC of the request; empty: the call has no key
     */
    public record Call(String owner, byte[] name, Optional<String> sum) {
        /** Shows only the owner. */
        @Override
        public String toString() {
            return "Call[" + owner + "]";
        }
    }

    /**
     * The answer to a call.
     *
     * @param receipt empty: the call repeats another, and nothing was sent
     * @param document the first answer, as {@code send --json} prints it
     */
    public record Answer(Optional<Receipt> receipt, String document) {}

    /** Sends something, with the key of its call in the same transaction. */
    @FunctionalInterface
    @ConsumerType
    public interface Sender {
        /** @param alongside stores the key */
        Receipt send(Messages.Alongside alongside) throws PartylineException;
    }

    /**
     * The earlier result of a call that takes more than one transaction of the store.
     *
     * @param answer the first answer; empty if there was none yet
     * @param noted the note of the same call if it began without being answered; empty: it begins now
     */
    public record Begun(Optional<String> answer, OptionalLong noted) {}

    /** May refuse a message before it is stored. */
    @FunctionalInterface
    @ConsumerType
    public interface Check {
        /** @param sat the maximum price; empty if unknown */
        void check(StoreTransaction tx, OptionalLong sat) throws PartylineException;
    }

    /** Looks up whether a message is still stored. */
    @FunctionalInterface
    @ConsumerType
    public interface Kept {
        /** Whether this message is stored. */
        boolean has(long message) throws StoreException;
    }

    /** Another call with the same key was answered first. */
    private static final class AnsweredException extends PartylineException {
        private static final long serialVersionUID = 1L;

        private final String answer;

        AnsweredException(String answer) {
            super("the call was answered before");
            this.answer = answer;
        }
    }

    /** Whether it is a valid key. */
    public static boolean isKey(String key) {
        return KEY.matcher(key).matches();
    }

    /** A call without a key: if it is repeated, it sends another message. */
    public Call call(String owner) {
        byte[] name = new byte[RANDOM_BYTES];
        random.nextBytes(name);
        return new Call(owner, name, Optional.empty());
    }

    /**
     * A call with a key.
     *
     * @param owner a token's id, or {@link org.partyline.api.engine.Events#CONSOLE}
     * @param key a {@linkplain #isKey valid} key
     * @param about the subject, for example the id of a conversation
     * @param request everything else that identifies this request
     */
    public static Call call(String owner, String key, String about, byte[] request) {
        try {
            byte[] name = MessageDigest.getInstance("SHA-256")
                    .digest((owner + '\n' + key).getBytes(StandardCharsets.US_ASCII));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            mac.update(about.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return new Call(owner, name, Optional.of(HexFormat.of().formatHex(mac.doFinal(request))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256 and HMAC", e);
        }
    }

    /**
     * Sends something, or repeats the earlier answer.
     *
     * @param kept whether to store a call without a key, too, for {@link #spent}
     * @throws KeyUsedException if the key was used for another message
     */
    public Answer send(Store store, Call call, boolean kept, Sender sender, Check check) throws PartylineException {
        Optional<String> before = store.<Optional<String>, PartylineException>transact(tx -> answered(tx, call));
        if (before.isPresent()) {
            return new Answer(Optional.empty(), before.get());
        }
        boolean stored = kept || call.sum().isPresent();
        try {
            Receipt receipt = sender.send((tx, made) -> {
                Optional<String> meanwhile = answered(tx, call);
                if (meanwhile.isPresent()) {
                    throw new AnsweredException(meanwhile.get());
                }
                check.check(tx, most(made));
                if (stored) {
                    put(tx, call, made);
                }
            });
            return new Answer(Optional.of(receipt), document(receipt));
        } catch (AnsweredException e) {
            return new Answer(Optional.empty(), e.answer);
        }
    }

    /**
     * Begins a call that takes more than one transaction, such as a recall. The same call may begin again until it is
     * {@link #finish finished}.
     *
     * @param note for a call that repeats this one
     * @throws KeyUsedException if the key was used for something else
     */
    public Begun begin(Store store, Call call, long note) throws PartylineException {
        if (call.sum().isEmpty()) {
            return new Begun(Optional.empty(), OptionalLong.empty());
        }
        return store.<Begun, PartylineException>transact(tx -> {
            Optional<SentRecord> before = before(tx, call);
            if (before.isPresent()) {
                SentRecord record = before.get();
                return new Begun(Optional.ofNullable(record.answer()), OptionalLong.of(record.noted()));
            }
            put(tx, call.name(), record(call, 0, null, note));
            return new Begun(Optional.empty(), OptionalLong.empty());
        });
    }

    /** Stores the answer of a call that was begun. */
    public void finish(Store store, Call call, String answer) throws StoreException {
        if (call.sum().isPresent()) {
            store.<Boolean, StoreException>transact(tx -> {
                put(tx, call.name(), record(call, 0, answer, 0));
                return true;
            });
        }
    }

    /** Frees the key of a call that was begun and then refused. */
    public void drop(Store store, Call call) throws StoreException {
        store.<Boolean, StoreException>transact(tx -> {
            tx.delete(TABLE, call.name());
            return true;
        });
    }

    /**
     * Erases names and transactions of erased messages from answers. A repeated call still sends nothing. Part of the
     * caller's transaction.
     */
    public static void erase(StoreTransaction tx, Kept kept) throws StoreException {
        for (StoredRecord one : tx.list(TABLE)) {
            SentRecord record = read(one.value());
            if (record.answer() != null) {
                boolean recall = Json.read(record.answer()).has("message");
                long message = recall
                        ? Json.read(record.answer(), RecallView.class).message().id()
                        : Json.read(record.answer(), ReceiptView.class).id();
                if (!kept.has(message)) {
                    // A repeated recall is answered with "no such message".
                    String bare = recall
                            ? null
                            : Json.write(Json.read(record.answer(), ReceiptView.class)
                                    .bare());
                    put(tx, one.key(), record.answered(bare));
                }
            }
        }
    }

    /**
     * Satoshi that an owner's messages of the last 24 hours have cost or may cost.
     *
     * @param settled what messages in a final state have cost, by their numbers
     */
    public long spent(StoreTransaction tx, String owner, Map<Long, Long> settled) throws StoreException {
        Instant since = clock.instant().minus(DAY);
        long spent = 0;
        for (StoredRecord one : tx.list(TABLE, group(owner))) {
            SentRecord record = read(one.value());
            if (record.time() > since.getEpochSecond()) {
                spent = Math.addExact(spent, price(record, settled));
            }
        }
        return spent;
    }

    private static long price(SentRecord record, Map<Long, Long> settled) {
        if (record.sat() == 0 || record.answer() == null) {
            return record.sat();
        }
        ReceiptView receipt = Json.read(record.answer(), ReceiptView.class);
        Long cost = settled.get(receipt.id());
        // Packets that open a session are not in the price of the message.
        Long opening = receipt.openingFeeSat();
        return cost == null ? record.sat() : cost + (opening == null ? 0 : opening);
    }

    private static Optional<String> answered(StoreTransaction tx, Call call) throws PartylineException {
        return call.sum().isEmpty()
                ? Optional.empty()
                : before(tx, call).flatMap(record -> Optional.ofNullable(record.answer()));
    }

    private static Optional<SentRecord> before(StoreTransaction tx, Call call) throws PartylineException {
        Optional<byte[]> before = tx.get(TABLE, call.name());
        if (before.isEmpty()) {
            return Optional.empty();
        }
        SentRecord record = read(before.get());
        if (!call.sum().get().equals(record.sum())) {
            throw new KeyUsedException();
        }
        return Optional.of(record);
    }

    private SentRecord record(Call call, long sat, @Nullable String answer, long noted) {
        return new SentRecord(
                call.owner(), call.sum().orElse(null), clock.instant().getEpochSecond(), sat, answer, noted);
    }

    private void put(StoreTransaction tx, Call call, Receipt receipt) throws StoreException {
        put(tx, call.name(), record(call, most(receipt).orElse(0), document(receipt), 0));
    }

    private static void put(StoreTransaction tx, byte[] name, SentRecord record) throws StoreException {
        Instant expires = Instant.ofEpochSecond(record.time()).plus(KEPT);
        try {
            tx.put(TABLE, name, group(record.owner()), JSON.writeValueAsBytes(record), expires);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of a message cannot be written", e);
        }
    }

    private static OptionalLong most(Receipt receipt) {
        return receipt.estimatedFee().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(receipt.estimatedFee().get()
                        + receipt.margin()
                        + receipt.openingFee().orElse(0L));
    }

    private static String document(Receipt receipt) {
        return Json.write(ReceiptView.of(receipt, Optional.empty()));
    }

    private static byte[] group(String owner) {
        return owner.getBytes(StandardCharsets.US_ASCII);
    }

    private static SentRecord read(byte[] value) {
        try {
            return JSON.readValue(value, SentRecord.class);
        } catch (IOException e) {
            throw new IllegalStateException("a record of a message cannot be read", e);
        }
    }
}
