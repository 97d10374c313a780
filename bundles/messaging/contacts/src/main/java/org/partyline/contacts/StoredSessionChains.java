package org.partyline.contacts;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Starts, reads and removes the chains of a session. Runs under the state lock. */
public final class StoredSessionChains implements SessionChains {
    /** How long a chain is read after it was replaced. */
    static final Duration OLD = Duration.ofHours(24);
    /** How long an old chain is read while the other side may still use it. */
    static final Duration DOUBTFUL = Duration.ofHours(72);
    /**
     * How long the keys of an answered handshake are kept, in order to recognise another answer. Not longer, since with
     * them the session since its beginning could be read.
     */
    private static final Duration ANSWERED = Duration.ofHours(1);

    private final Recognition recognition;
    private final Clock clock;
    private final Chains chains;
    private final EventHub events;
    private final Bus bus;

    public StoredSessionChains(Recognition recognition, Clock clock, Chains chains, EventHub events, Bus bus) {
        this.recognition = recognition;
        this.clock = clock;
        this.chains = chains;
        this.events = events;
        this.bus = bus;
    }

    /** Starts both chains of a session that has new keys. The caller stores the state. */
    void begin(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            SecretBytes sendKey,
            SecretBytes receiveKey)
            throws StoreException {
        begin(after, session, sendKey, read(tx, after, contact, session, receiveKey));
    }

    /** The same with an existing receiving chain. */
    void begin(AfterCommit after, SessionState session, SecretBytes sendKey, int receiveChain) {
        Instant now = clock.instant();
        try (SendChain send = chains.sendSession(sendKey, now);
                SecretBytes state = send.encode()) {
            session.chain = state.expose().clone();
        }
        session.name = chains.sessionId(sendKey);
        session.rekeyed = now.toEpochMilli();
        session.onChain = 0;
        session.pieces = 0;
        session.receiveChain = receiveChain;
        after.then(() -> expectOwn(session));
    }

    /** Reads one more chain of the session; returns its number. */
    int read(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            SecretBytes receiveKey)
            throws StoreException {
        ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                .number((int) Tables.next(tx, "chain"))
                .membership(contact.id())
                .kind(ChainKind.SESSION)
                .session(chains.sessionId(receiveKey))
                .suite(session.suite)
                .nickname("")
                .opened(clock.instant().getEpochSecond())
                .chain(new byte[0])
                .handshake(null)
                .retires(0)
                .build();
        read(tx, after, entry, receiveKey);
        return entry.number();
    }

    /** Reads a chain from its start. */
    void read(StoreTransaction tx, AfterCommit after, ReceiveChainRecord entry, SecretBytes receiveKey)
            throws StoreException {
        ReceiveChain chain = chains.receive(receiveKey, clock.instant());
        ReceiveChains.putChain(tx, entry, chain);
        after.follow(events, recognition, new ReceiveChainState(entry, chain));
    }

    /**
     * Called when the contact of a chain is known to be the one who opened: it is still read. @param retires until
     * when, in milliseconds; 0: no end
     */
    void readOn(StoreTransaction tx, AfterCommit after, ReceiveChainRecord chain, long retires) throws StoreException {
        byte[] key = Keys.of(chain.number());
        // In its state after the packet that is being read.
        ReceiveChainRecord stored = Tables.find(tx, ReceiveChainRecord.TABLE, key, ReceiveChainRecord.class)
                .orElseThrow(() -> new IllegalStateException("a chain in use is not stored"));
        Tables.putSecret(tx, ReceiveChainRecord.TABLE, key, Keys.of(chain.membership()), stored.decided(retires));
        Arrays.fill(stored.chain(), (byte) 0);
        after.then(() -> {
            ReceiveChainState now = recognition.chains.find(chain.number());
            if (now != null) {
                recognition.chains.put(now.with(now.entry.decided(retires)));
            }
        });
    }

    /** Stops reading chains from a number on, up to another one, after some time, unless they end sooner. */
    void retire(StoreTransaction tx, AfterCommit after, int contact, Duration life, int from, int before)
            throws StoreException {
        long until = clock.instant().plus(life).toEpochMilli();
        for (ReceiveChainRecord entry :
                Tables.read(tx.list(ReceiveChainRecord.TABLE, Keys.of(contact)), ReceiveChainRecord.class)) {
            if (entry.kind() == ChainKind.SESSION
                    && entry.number() >= from
                    && entry.number() < before
                    && (entry.retires() == 0 || entry.retires() > until)) {
                Tables.putSecret(
                        tx, ReceiveChainRecord.TABLE, Keys.of(entry.number()), Keys.of(contact), entry.retiring(until));
                after.then(() -> {
                    ReceiveChainState chain = recognition.chains.find(entry.number());
                    if (chain != null) {
                        recognition.chains.put(chain.with(chain.entry.retiring(until)));
                    }
                });
            }
        }
    }

    /**
     * Called when another session begins: our handshakes are no longer answered. An answer that arrives anyway is from
     * a server that does not know of the session, so the handshakes are kept for a while.
     *
     * @param answered the number of the handshake whose answer begins the session; 0: the other side has opened it
     * @param packet hash of that answer
     */
    void passOver(
            StoreTransaction tx,
            AfterCommit after,
            int contact,
            long madeUntilSecond,
            int answered,
            byte @Nullable [] packet)
            throws StoreException {
        for (ReceiveChainState chain : recognition.chains.of(contact)) {
            ReceiveChainRecord entry = chain.entry;
            if (entry.kind() == ChainKind.REPLY && entry.opened() <= madeUntilSecond && entry.answer() == null) {
                boolean taken = entry.number() == answered;
                long until = clock.instant().plus(taken ? ANSWERED : OLD).toEpochMilli();
                put(
                        tx,
                        after,
                        chain,
                        entry.with()
                                .retires(Math.min(entry.retires(), until))
                                .answer(taken && packet != null ? packet : new byte[0])
                                .build());
            }
        }
    }

    private void put(StoreTransaction tx, AfterCommit after, ReceiveChainState chain, ReceiveChainRecord entry)
            throws StoreException {
        ReceiveChains.putChain(tx, entry, chain.chain);
        after.then(() -> {
            ReceiveChainState now = recognition.chains.find(entry.number());
            if (now != null) {
                recognition.chains.put(now.with(entry));
            }
        });
    }

    /** Reads for a day the chain of a server that answered a handshake of ours too late. @param offer is used up */
    void readPassedOver(
            StoreTransaction tx, AfterCommit after, ReceiveChainRecord offer, int suite, SecretBytes receiveKey)
            throws StoreException {
        Instant now = clock.instant();
        after.then(() -> {
            ReceiveChainState used = recognition.chains.find(offer.number());
            if (used != null) {
                remove(used);
            }
        });
        // With its number, which is lower than those of the present session.
        ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                .number(offer.number())
                .membership(offer.membership())
                .kind(ChainKind.SESSION)
                .session(chains.sessionId(receiveKey))
                .suite(suite)
                .nickname("")
                .opened(now.getEpochSecond())
                .retires(now.plus(OLD).toEpochMilli())
                .build();
        read(tx, after, entry, receiveKey);
    }

    /**
     * Watches for another answer to a handshake than ours, whatever happens to ours: for a day, and including earlier
     * packets (PROTOCOL 6).
     */
    void watchAnswer(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SecretBytes answerKey, int suite)
            throws StoreException {
        Instant now = clock.instant();
        ReceiveChainRecord entry = ReceiveChainRecordBuilder.builder()
                .number((int) Tables.next(tx, "chain"))
                .membership(contact.id())
                .kind(ChainKind.ANSWERED)
                .session(chains.sessionId(answerKey))
                .suite(suite)
                .nickname("")
                .opened(now.getEpochSecond())
                .retires(now.plus(OLD).toEpochMilli())
                .build();
        read(tx, after, entry, answerKey);
        after.then(() -> readExpected());
    }

    @Override
    public int answerPlace(int contact, byte[] chain, int least) {
        int[] place = {Integer.MAX_VALUE};
        watches(contact)
                .filter(watched -> Arrays.equals(watched.entry.session(), chain))
                .forEach(watched -> watched.chain.forEachExpected(
                        (position, hint) -> place[0] = position < least ? place[0] : Math.min(place[0], position)));
        return place[0] == Integer.MAX_VALUE ? least : place[0];
    }

    @Override
    public void answered(StoreTransaction tx, AfterCommit after, int contact, byte[] chain, byte[] hash)
            throws StoreException {
        for (ReceiveChainState watched : watches(contact).toList()) {
            if (Arrays.equals(watched.entry.session(), chain)) {
                put(tx, after, watched, watched.entry.withAnswer(hash));
            }
        }
    }

    private Stream<ReceiveChainState> watches(int contact) {
        return recognition.chains.of(contact).stream().filter(chain -> chain.entry.kind() == ChainKind.ANSWERED);
    }

    /** The locator of the first answer to a handshake of ours. */
    static long answerHint(ReceiveChainState chain) {
        long[] found = {0};
        chain.chain.forEachExpected((position, hint) -> found[0] = position == 0 ? hint : found[0]);
        return found[0];
    }

    /** The locator of the answer on a chain. @param key CK_0 */
    long answerHint(SecretBytes key) {
        try (SendChain answer = chains.send(key, clock.instant())) {
            SendChain.Step step = answer.step();
            step.secret().close();
            return step.hint();
        }
    }

    /** Our handshake whose answer has a locator. */
    Optional<ReceiveChainState> offer(int contact, byte[] answer) {
        return offers(contact).stream()
                .filter(chain -> Arrays.equals(answer, Keys.of(answerHint(chain))))
                .findFirst();
    }

    /** Accepts the answer to a handshake of ours again, although another session had replaced it. */
    void revive(StoreTransaction tx, AfterCommit after, ReceiveChainState offer) throws StoreException {
        byte[] answer = offer.entry.answer();
        if (answer != null && answer.length == 0) {
            put(tx, after, offer, offer.entry.withAnswer(null));
        }
    }

    /** Stops watching for other answers. */
    void dropWatches(StoreTransaction tx, AfterCommit after, int contact) throws StoreException {
        for (ReceiveChainState chain : watches(contact).toList()) {
            drop(tx, after, chain);
        }
    }

    private void drop(StoreTransaction tx, AfterCommit after, ReceiveChainState chain) throws StoreException {
        tx.delete(ReceiveChainRecord.TABLE, Keys.of(chain.entry.number()));
        after.then(() -> remove(chain));
    }

    /** Drops our handshakes, except the newest ones. */
    void dropOffers(StoreTransaction tx, AfterCommit after, int contact, int keep) throws StoreException {
        List<ReceiveChainState> offers = offers(contact);
        for (ReceiveChainState chain : offers.subList(Math.min(keep, offers.size()), offers.size())) {
            drop(tx, after, chain);
        }
    }

    /** Drops our newest handshakes, which were not sent. */
    void dropUnsent(StoreTransaction tx, AfterCommit after, int contact, int number) throws StoreException {
        for (ReceiveChainState chain : offers(contact).stream().limit(number).toList()) {
            drop(tx, after, chain);
        }
    }

    /** Our handshakes to a contact, the newest first. */
    private List<ReceiveChainState> offers(int contact) {
        return recognition.chains.of(contact).stream()
                .filter(chain -> chain.entry.kind() == ChainKind.REPLY)
                .sorted((a, b) -> Integer.compare(b.entry.number(), a.entry.number()))
                .toList();
    }

    void remove(ReceiveChainState chain) {
        // The chain may have been replaced meanwhile: the one with its number is removed.
        ReceiveChainState current = recognition.chains.find(chain.entry.number());
        if (current != null) {
            recognition.chains.remove(current);
            events.endLine(chain.entry.number());
        }
    }

    /** A session's chain by its number; null if it is not read. */
    @Nullable
    ReceiveChainState find(int number) {
        return recognition.chains.find(number);
    }

    /** Whether a chain of a session is read only for late packets. */
    boolean isRetired(int number) {
        ReceiveChainState chain = find(number);
        return chain != null && chain.entry.kind() == ChainKind.SESSION && chain.entry.retires() != 0;
    }

    /** All chains that are read. */
    List<ReceiveChainState> all() {
        return recognition.chains.all();
    }

    /** The chains of a contact that are read. */
    List<ReceiveChainState> of(int contact) {
        return recognition.chains.of(contact);
    }

    /** Records that nobody but this server has used the session's keys. */
    void trust(int contact) {
        recognition.own.trust(contact);
    }

    @Override
    public void expectOwn(SessionState session) {
        List<Long> hints = new ArrayList<>();
        if (session.isOpen()) {
            for (byte[] state : Arrays.asList(session.chain, session.oldChain)) {
                if (state != null) {
                    addNext(hints, state);
                }
            }
        }
        recognition.own.expect(session.contact, hints);
        // A copy of this server may have been faster: its packet arrived before we recognised it as one of our own
        // chain.
        hints.forEach(recognition.unmatched::retry);
        readExpected();
    }

    private void readExpected() {
        if (!recognition.unmatched.again.isEmpty()) {
            bus.publish(new Bus.Expected());
        }
    }

    private void addNext(List<Long> hints, byte[] state) {
        try (SendChain chain = chains.decodeSend(state)) {
            for (int i = 0; i < Chains.WINDOW; i++) {
                SendChain.Step step = chain.step();
                step.secret().close();
                hints.add(step.hint());
            }
        }
    }
}
