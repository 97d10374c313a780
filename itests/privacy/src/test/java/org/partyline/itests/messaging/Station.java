package org.partyline.itests.messaging;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.cover.Timing;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.vault.MachineStore;

/** A whole server on a clock that stands still: it acts only when it is triggered. */
public final class Station implements AutoCloseable {
    private final TestServer server;
    private final HandSetClock clock;
    private final Network network;
    private final SecureRandom random;

    /** The kind of a packet of ours, which nobody else knows. */
    public enum Kind {
        /** A text in one packet. */
        MESSAGE,
        /** A fragment of a message that does not fit in one packet. */
        FRAGMENT,
        /** A packet that opens a session, answers, or renews its keys. */
        HANDSHAKE,
        /** A packet of the session other than a text. */
        CONTROL,
        /** No content. */
        DECOY
    }

    /** A packet with its transaction, as in the outbox. */
    public record Leaving(Kind kind, byte[] packet, long fee, int vsize) {}

    private Station(TestServer server, HandSetClock clock, Network network, SecureRandom random) {
        this.server = server;
        this.clock = clock;
        this.network = network;
        this.random = random;
    }

    /** Creates a clock that stands still. */
    public static Clock clock() {
        return new HandSetClock();
    }

    /** Sets a clock from {@link #clock()}. */
    public static void set(Clock clock, Instant time) {
        ((HandSetClock) clock).set(time);
    }

    /** Creates a store in memory, open. */
    public static Store store() {
        MachineStore store = new MachineStore();
        try {
            store.create("a store of a test".toCharArray());
        } catch (StoreException e) {
            throw new IllegalStateException("a store in memory cannot fail", e);
        }
        return store;
    }

    /**
     * Starts a server with an open store.
     *
     * @param clock from {@link #clock()}
     */
    public static Station start(Clock clock, Timing timing, SecureRandom random, Transport node, Wallet wallet)
            throws StoreException {
        HandSetClock time = (HandSetClock) clock;
        TestServer server = new TestServer(
                new MachineStore(), time, new HashMap<>(), timing, random, List.of(node), List.of(wallet));
        server.vault().create(TestServer.STORE_PASSPHRASE);
        return new Station(server, time, node.network(), random);
    }

    /** Starts a server on a network without rules or signatures, where only times matter. */
    public static Station onPaper(Clock clock, Timing timing, SecureRandom random, Runnable onBroadcast)
            throws StoreException {
        TestNetwork paper = new TestNetwork(clock);
        TestNetwork.Node node = paper.node("paper");
        node.onBroadcast = onBroadcast;
        node.coin = Long.MAX_VALUE / 4;
        node.maxOutputs = 16;
        Station station = start(clock, timing, random, node, node);
        station.server.awaitCursor(node);
        station.miner = back -> mine(paper, back);
        return station;
    }

    private static void mine(TestNetwork paper, int back) {
        List<byte[]> handed = paper.broadcasts();
        if (back == 0 || handed.isEmpty()) {
            paper.mine();
            return;
        }
        byte[] last = handed.get(handed.size() - 1);
        List<byte[]> versions = handed.stream()
                .filter(raw -> TestNetwork.input(raw).equals(TestNetwork.input(last)))
                .toList();
        byte[] older = versions.get(Math.max(0, versions.size() - 1 - back));
        paper.mine(TransactionScanner.id(older), older);
    }

    private IntConsumer miner = back -> {
        throw new IllegalStateException("blocks are made elsewhere");
    };

    /** Mines a block of a simulated network, with the version that precedes the last transaction's by this many. */
    public void mine(int back) {
        miner.accept(back);
    }

    /** Returns the number of blocks that were read. */
    public int height() throws StoreException {
        return server.store
                .note("cursor." + network.label())
                .map(BlockRef::parse)
                .map(BlockRef::height)
                .orElse(-1);
    }

    /**
     * Returns whether nodes have reported everything that was handed over: until then, a rolling transaction waits for
     * its next version.
     */
    public boolean isSeen() throws StoreException {
        return server.store.transact(tx -> OutgoingRecords.all(tx).stream()
                .filter(outgoing -> !outgoing.state().isSettled())
                .flatMap(outgoing -> outgoing.parts().stream())
                .noneMatch(part -> part.raw() != null && part.state().ordinal() < Messages.State.RELAYED.ordinal()));
    }

    /** Changes a setting. */
    public void set(String key, String value) throws PartylineException {
        server.settings.set(key, value);
    }

    /** Joins a channel by its name. */
    public void join(Optional<String> persona, String channel, Channels.Mode mode) throws PartylineException {
        server.channels()
                .join(
                        new Channels.Join(persona, channel, mode, Optional.of(TestServer.CHEAP), Optional.of(network)),
                        "channel passphrase".toCharArray());
    }

    /** Leaves a channel. */
    public void leave(Optional<String> persona, String channel) throws PartylineException {
        server.channels().leave(persona, channel);
    }

    /** Queues a message to a channel, or to a contact. */
    public void send(
            Optional<String> persona, boolean direct, String to, String text, Duration ttl, Messages.Carrier carrier)
            throws PartylineException {
        server.messages()
                .send(new Messages.Send(
                        persona,
                        direct,
                        to,
                        text,
                        Optional.of(ttl),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(carrier)));
    }

    /** Returns the card of the current persona. */
    public String card() throws PartylineException {
        return server.personas().card(Optional.empty(), Optional.of(network));
    }

    /** Returns the card of a non-existent persona. */
    public String nobodysCard() {
        Identities identities = TestServer.identities();
        try (IdentityKeys keys = identities.generate(random)) {
            byte[] inbox = new byte[ContactCard.INBOX_SECRET_LENGTH];
            random.nextBytes(inbox);
            return identities.encode(new ContactCard(network, keys.identity(), inbox, "nobody"));
        }
    }

    /** Adds a contact. */
    public void know(String card, String name) throws PartylineException {
        server.contacts().add(Optional.empty(), card, Optional.of(name));
    }

    /** Removes a contact. */
    public void forget(String name) throws PartylineException {
        server.contacts().remove(Optional.empty(), name);
    }

    /** Returns the personas. */
    public Personas personas() {
        return server.personas();
    }

    /** Returns the cover traffic. */
    public Cover cover() {
        return server.cover();
    }

    /** Returns when the next packet of the current persona's cover traffic leaves. */
    public Instant nextPoint() throws PartylineException {
        Cover.Status status = server.cover().status().get(0);
        return status.next().orElseThrow(() -> new IllegalStateException("no cover traffic: " + status));
    }

    /** Runs the sender once on everything, and waits until it is done. */
    public void round() throws PartylineException {
        server.round();
    }

    /** Waits until everything that nodes have reported so far was read. */
    public void read() throws InterruptedException {
        server.read();
    }

    /** A condition that is expected to become true. */
    @FunctionalInterface
    public interface Condition {
        /** Returns whether it is true now; may run the server once. */
        boolean holds() throws Exception;
    }

    /** Waits until a condition is true: readers have separate threads. */
    public static void await(String what, Condition condition) throws Exception {
        TestServer.await(what, condition::holds);
    }

    /** Erases expired data. */
    public void keep() {
        server.keep();
    }

    /** Returns the texts that a persona has received, as listed. */
    public List<String> received(String persona) throws PartylineException {
        return server
                .messages()
                .messages(
                        new Messages.Query(Optional.of(persona), Optional.empty(), Optional.empty(), Optional.empty()))
                .stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .map(message -> message.text().orElseThrow())
                .toList();
    }

    /** Returns the waiting messages. */
    public List<Messages.Outgoing> outbox() throws PartylineException {
        return outbox(false);
    }

    /** Returns the outbox. @param all whether to include messages that no longer wait for anything */
    public List<Messages.Outgoing> outbox(boolean all) throws PartylineException {
        return server.messages().outbox(all);
    }

    /**
     * Returns the number of packets that wait to leave; without decoys, and packets that have left and are to be
     * carried again.
     *
     * @param unsealed whether to count a message as one packet if it is not sealed yet for a reason other than a
     *     missing slot
     */
    public int waiting(boolean unsealed) throws StoreException {
        return server.store.transact(tx -> {
            int waiting = 0;
            for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                if (outgoing.state().isSettled() || outgoing.type() == PacketType.DECOY.code()) {
                    continue;
                }
                waiting += outgoing.parts().isEmpty()
                        ? unsealed || outgoing.reason().startsWith("sent at a point") ? 1 : 0
                        : (int) outgoing.parts().stream()
                                .filter(part -> part.raw() == null && !part.isOut())
                                .count();
            }
            return waiting;
        });
    }

    /** Returns the packet that a transaction of ours carries. */
    public Leaving leaving(byte[] raw) throws StoreException {
        return server.store
                .<Optional<Leaving>, RuntimeException>transact(tx -> {
                    for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                        for (OutgoingPart part : outgoing.parts()) {
                            if (Arrays.equals(part.raw(), raw)) {
                                return Optional.of(new Leaving(
                                        isCargo(tx, outgoing) ? Kind.CONTROL : kind(outgoing),
                                        part.packet(),
                                        part.fee(),
                                        part.vsize()));
                            }
                        }
                    }
                    return Optional.empty();
                })
                .orElseThrow(() -> new IllegalStateException("a transaction of nobody's"));
    }

    /** Returns whether it replaces a decoy by a message: everywhere else, it counts as a decoy. */
    private static boolean isCargo(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        return CargoRecord.all(tx).stream().anyMatch(cargo -> cargo.decoy() == outgoing.id());
    }

    /** Returns the kind of a packet of ours; empty if it was forgotten. */
    public Optional<Kind> kind(byte[] packet) throws StoreException {
        return server.store.transact(tx -> OutgoingRecords.all(tx).stream()
                .filter(outgoing -> outgoing.parts().stream().anyMatch(part -> Arrays.equals(part.packet(), packet)))
                .map(Station::kind)
                .findFirst());
    }

    private static Kind kind(OutgoingMessage outgoing) {
        return switch (PacketType.ofCode(outgoing.type()).orElseThrow()) {
            case HANDSHAKE_INIT, HANDSHAKE_RESP, KEY_UPDATE -> Kind.HANDSHAKE;
            case CONTROL -> Kind.CONTROL;
            case DECOY -> Kind.DECOY;
            default -> outgoing.parts().size() > 1 ? Kind.FRAGMENT : Kind.MESSAGE;
        };
    }

    @Override
    public void close() {
        server.close();
    }
}
