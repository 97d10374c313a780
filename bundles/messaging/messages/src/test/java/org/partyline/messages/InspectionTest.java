package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.GatedDerivation;

/** What is reported of packets and transactions, and the cost of inspecting them. */
class InspectionTest {
    private final StageBench bench = new StageBench();
    private final Messages messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);
    private final GatedDerivation gate = new GatedDerivation();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private byte[] locator(ChannelMembership member) {
        try (SecretBytes root = member.root(bench.channelKeys, Days.of(bench.clock.instant()));
                SecretBytes beacon = bench.channelKeys.beacon(root)) {
            return bench.channelKeys.newLocator(beacon, bench.random);
        }
    }

    /** Returns junk after a locator. */
    private byte[] copy(byte[] locator) {
        byte[] junk = new byte[80 - 1 - locator.length];
        bench.random.nextBytes(junk);
        return ByteBuffer.allocate(80)
                .put(Packets.VERSION)
                .put(locator)
                .put(junk)
                .array();
    }

    private Nodes.Sighting sighting(byte[] payload) {
        return new Nodes.Sighting(Network.REGTEST, TxId.of("ab".repeat(32)), payload, false, bench.clock.instant());
    }

    private PacketId id(Nodes.Sighting packet) {
        return PacketId.of(packet.network().code(), packet.payload());
    }

    private long outgoing(PacketType type) throws PartylineException {
        return bench.guard.<Long, PartylineException>transact(tx -> {
            long id = Tables.next(tx, "message");
            long now = bench.clock.instant().toEpochMilli();
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            id,
                            1,
                            State.SEALED,
                            "",
                            now,
                            now,
                            0,
                            false,
                            0,
                            List.of(),
                            type.code(),
                            null,
                            false,
                            0,
                            "confirm",
                            false));
            return id;
        });
    }

    @Test
    void whatASeenPacketIsToThisServerIsKnownWithoutOpeningItUntilTheLock() throws Exception {
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        List<Nodes.Sighting> seen =
                IntStream.range(0, 4).mapToObj(i -> sighting(copy(locator))).toList();
        bench.recognition.packets.addSent(id(seen.get(0)), new PacketIndex.Sent(outgoing(PacketType.TEXT), 0));
        bench.recognition.packets.addSent(id(seen.get(1)), new PacketIndex.Sent(outgoing(PacketType.DECOY), 0));
        bench.recognition.packets.setOpened(id(seen.get(2)));
        bench.recognition.packets.setHandled(id(seen.get(3)));
        assertEquals(
                List.of(
                        Optional.of(Messages.Use.SENT),
                        Optional.of(Messages.Use.COVER),
                        Optional.of(Messages.Use.RECEIVED),
                        Optional.empty()),
                messages.uses(seen));
        bench.guard.lock();
        bench.guard.wipe();
        bench.guard.unlock();
        bench.store.lock();
        assertThrows(StoreLockedException.class, () -> messages.uses(seen));
    }

    @Test
    void theKeysThatInspectingDerivedAreWiped() throws Exception {
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        List<SecretBytes> derived = new CopyOnWriteArrayList<>();
        bench.put(ChannelKeys.class, (ChannelKeys) Proxy.newProxyInstance(
                ChannelKeys.class.getClassLoader(), new Class<?>[] {ChannelKeys.class}, (self, method, arguments) -> {
                    Object result = method.invoke(bench.channelKeys, arguments);
                    if (method.getName().equals("sealedSecret")) {
                        derived.add((SecretBytes) result);
                    }
                    return result;
                }));
        byte[] raw = new TestNetwork(bench.clock).transaction(List.of(copy(locator)));
        assertEquals(1, messages.inspect(HexFormat.of().formatHex(raw)).size());
        assertEquals(1, derived.size());
        assertThrows(IllegalStateException.class, () -> derived.get(0).expose());
    }

    @Test
    void inspectingDerivesOnceForALocatorAndHoldsNobodyUp() throws Exception {
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        byte[] copies = new TestNetwork(bench.clock).transaction(List.of(copy(locator), copy(locator)));
        bench.suites.add(gate);
        gate.shut();
        CompletableFuture<List<Messages.Inspection>> looked = CompletableFuture.supplyAsync(() -> {
            try {
                return messages.inspect(HexFormat.of().formatHex(copies));
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
        });
        gate.awaitBegun(1);
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            bench.guard.lock();
            bench.guard.unlock();
        });
        Eventually.that("others go on meanwhile", other::isDone);
        gate.open();
        List<Messages.Inspection> said = looked.get();
        assertEquals(2, said.size());
        for (Messages.Inspection each : said) {
            assertTrue(each.verdict().contains("someone copied the locator"), each.verdict());
        }
        assertEquals(1, gate.begun(), "one for both copies");
    }

    // ---- what it is

    private String refused(String text) {
        return assertThrows(NoSuchThingException.class, () -> messages.inspect(text))
                .getMessage();
    }

    private Messages.Inspection inspect(byte[] payload) throws PartylineException {
        List<Messages.Inspection> all = messages.inspect(HexFormat.of().formatHex(payload));
        assertEquals(1, all.size());
        return all.get(0);
    }

    @Test
    void aTextThatIsNeitherAPacketNorATransactionIsRefused() throws Exception {
        String what = " is not hex: give a transaction id, a transaction or a packet";
        assertEquals("'" + "x".repeat(24) + "'" + what, refused("x".repeat(24)));
        assertEquals("'" + "x".repeat(24) + "\u2026'" + what, refused("x".repeat(25)));
        assertEquals(
                "no node knows transaction " + "ab".repeat(12)
                        + "\u2026: it left the mempool, or its node has no transaction index",
                refused("ab".repeat(32)));
        // It could be a short packet.
        Messages.Inspection shortOne = inspect(HexFormat.of().parseHex("02" + "ab".repeat(31)));
        assertEquals("not a packet: neither its length nor its first byte matches", shortOne.verdict());
        assertEquals(-1, shortOne.output());
        assertEquals(32, shortOne.bytes());
        assertEquals(
                "not a packet: neither its length nor its first byte matches",
                inspect(new TestNetwork(bench.clock).transaction(List.of())).verdict());
    }

    @Test
    void aTransactionIsFetchedFromTheFirstNodeThatKnowsIt() throws Exception {
        TestNetwork elsewhere = new TestNetwork(bench.clock);
        TestNetwork network = new TestNetwork(bench.clock);
        bench.nodes.add(elsewhere.node("a"));
        bench.nodes.add(network.node("b"));
        byte[] locator = locator(bench.join("plaza", Mode.OPEN));
        byte[] raw = network.transaction(List.of(new byte[] {1, 2, 3}, copy(locator)));
        network.takes(raw);
        List<Messages.Inspection> said =
                messages.inspect(" " + TransactionScanner.id(raw).toString().toUpperCase(Locale.ROOT) + "\n");
        assertEquals(
                List.of(0, 1), said.stream().map(Messages.Inspection::output).toList());
        assertEquals(
                List.of(3, 80), said.stream().map(Messages.Inspection::bytes).toList());
        assertEquals(Optional.empty(), said.get(0).channel());
        assertEquals(Optional.of("plaza"), said.get(1).channel());
        byte[] empty = network.transaction(List.of());
        network.takes(empty);
        Messages.Inspection none =
                messages.inspect(TransactionScanner.id(empty).toString()).get(0);
        assertEquals("no OP_RETURN output: this transaction carries nothing", none.verdict());
        assertEquals(-1, none.output());
        assertEquals(0, none.bytes());
    }

    private PacketId id(byte[] packet) {
        return PacketId.of(Network.REGTEST.code(), packet);
    }

    /** Returns a stored message with these packets, and a view of each. */
    private MessageRecord with(StoreTransaction tx, long id, boolean outgoing, byte[]... packets)
            throws StoreException {
        return MessageRecords.find(tx, id)
                .orElseThrow()
                .with()
                .outgoing(outgoing)
                .packets(Arrays.stream(packets).map(packet -> id(packet).hash()).toList())
                .views(IntStream.range(0, packets.length)
                        .mapToObj(i -> id + "/" + i)
                        .toList())
                .build();
    }

    @Test
    void aPacketOfAStoredMessageIsShownAsThat() throws Exception {
        ChannelMembership plaza = bench.join("plaza", Mode.OPEN);
        byte[][] packets =
                IntStream.range(0, 6).mapToObj(i -> copy(locator(plaza))).toArray(byte[][]::new);
        long ours = bench.queue(plaza, "ours");
        long theirs = bench.queue(plaza, "theirs");
        bench.guard.<Exception>update(tx -> {
            MessageRecords.put(tx, with(tx, ours, true, packets[0], packets[1]));
            MessageRecords.add(tx, with(tx, theirs, false, packets[3], packets[4]));
        });
        for (int i = 0; i < 3; i++) {
            bench.recognition.packets.addSent(id(packets[i]), new PacketIndex.Sent(ours, i));
        }
        bench.recognition.packets.addSent(id(packets[5]), new PacketIndex.Sent(99, 0));
        // Messages with more views than packets, and with fewer.
        bench.guard.<Exception>update(tx -> {
            MessageRecord more = MessageRecords.find(tx, ours).orElseThrow();
            MessageRecords.put(
                    tx,
                    more.with()
                            .views(List.of(ours + "/0", ours + "/1", ours + "/2"))
                            .build());
            MessageRecord fewer = MessageRecords.find(tx, theirs).orElseThrow();
            MessageRecords.put(tx, fewer.with().views(List.of(theirs + "/0")).build());
        });
        List<Messages.Inspection> said = new ArrayList<>();
        for (byte[] packet : packets) {
            said.add(inspect(packet));
        }
        assertEquals(
                List.of(
                        "our message " + ours,
                        "our message " + ours,
                        "part of message " + ours,
                        "received as message " + theirs,
                        "part of message " + theirs,
                        "has one of our locators but fails authentication: someone copied the locator"),
                said.stream().map(Messages.Inspection::verdict).toList());
        assertEquals(
                List.of(ours + "/0", ours + "/1", "", theirs + "/0", "", ""),
                said.stream().map(one -> one.json().orElse("")).toList());
        said.forEach(one -> assertEquals(Optional.of("plaza"), one.channel()));
        Optional<Messages.Use> received = Optional.of(Messages.Use.RECEIVED);
        assertEquals(List.of(received, received), messages.uses(List.of(sighting(packets[3]), sighting(packets[4]))));
        bench.guard.<Exception>update(tx -> MessageRecords.put(
                tx,
                MessageRecords.find(tx, theirs)
                        .orElseThrow()
                        .with()
                        .outgoing(true)
                        .membership(99)
                        .build()));
        assertEquals(
                List.of(Optional.of(Messages.Use.SENT)),
                messages.uses(List.of(sighting(packets[3]))),
                "it is restored");
        assertEquals(Optional.empty(), inspect(packets[3]).channel(), "its conversation is gone");
    }

    private byte[] seal(byte[] locator, SecretBytes secret, PacketLabel label, Instant time) {
        Content content = new Content(
                PacketType.TEXT,
                false,
                time.getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new byte[] {'h', 'i'});
        return bench.codec.seal(
                content,
                new PacketKey(secret, label, locator, Network.REGTEST),
                bench.suites.suite("XCHACHA20_POLY1305").orElseThrow(),
                80);
    }

    private byte[] sealed(ChannelMembership member, Instant time) {
        byte[] locator = locator(member);
        KdfParameters parameters = member.entry.parameters();
        try (SecretBytes root = member.root(bench.channelKeys, Days.of(bench.clock.instant()));
                SecretBytes secret = bench.channelKeys.sealedSecret(
                        bench.suites.derivation(parameters).orElseThrow(), parameters, root, locator)) {
            return seal(locator, secret, PacketLabel.SEALED, time);
        }
    }

    @Test
    void aSealedPacketOfAChannelIsOpenedIfItsSuitesAreHere() throws Exception {
        ChannelMembership plaza = bench.join("plaza", Mode.OPEN);
        byte[] packet = sealed(plaza, bench.clock.instant());
        Messages.Inspection opened = inspect(packet);
        assertEquals("a sealed packet", opened.verdict());
        assertEquals(Optional.of("plaza"), opened.channel());
        assertTrue(opened.json().orElseThrow().contains("\"msg_type\":\"TEXT\""));
        assertEquals(
                "made by a member against the protocol's rules: see the log",
                inspect(sealed(plaza, bench.clock.instant().plusSeconds(86_400)))
                        .verdict());
        bench.suites.remove("XCHACHA20_POLY1305");
        assertEquals(
                "for a channel of ours; it waits for a cipher suite that is stopped or denied",
                inspect(packet).verdict());
        bench.suites.remove(bench.suites.argon2id());
        Messages.Inspection underived = inspect(packet);
        assertEquals(
                "sealed for a channel of ours; its key derivation ARGON2ID is stopped or denied", underived.verdict());
        assertEquals(Optional.of("plaza"), underived.channel());
    }

    @Test
    void aPacketOfAnotherNetworkIsAStrangers() throws Exception {
        byte[] packet = sealed(bench.join("plaza", Mode.OPEN, Network.REGTEST), bench.clock.instant());
        TestNetwork network = new TestNetwork(bench.clock);
        bench.nodes.add(network.node("s", Network.SIGNET));
        byte[] raw = network.transaction(List.of(packet));
        network.takes(raw);
        Messages.Inspection said =
                messages.inspect(TransactionScanner.id(raw).toString()).get(0);
        assertEquals("an unknown packet or a decoy, or one whose key was erased: no key here opens it", said.verdict());
        assertEquals(Optional.empty(), said.channel());
    }

    @Test
    void aMachineWithoutEnoughMemoryToDeriveSaysSo() throws Exception {
        byte[] packet = sealed(bench.join("plaza", Mode.OPEN), bench.clock.instant());
        KdfParameters huge = new KdfParameters(KdfId.ARGON2ID, 1, Integer.MAX_VALUE, 1);
        bench.put(ChannelKeys.class, (ChannelKeys) Proxy.newProxyInstance(
                ChannelKeys.class.getClassLoader(), new Class<?>[] {ChannelKeys.class}, (self, method, arguments) -> {
                    if (method.getName().equals("sealedSecret")) {
                        KdfMemory.ofThisProcess().require(huge);
                    }
                    return method.invoke(bench.channelKeys, arguments);
                }));
        Messages.Inspection said = inspect(packet);
        assertTrue(said.verdict().startsWith("sealed for a channel of ours; key derivation "), said.verdict());
        assertEquals(Optional.of("plaza"), said.channel());
    }

    @Test
    void aPacketToAPersonasInboxIsOpened() throws Exception {
        byte[] secretOfInbox = new byte[ContactCard.INBOX_SECRET_LENGTH];
        byte[] packet;
        byte[] forged;
        try (SecretBytes inbox = SecretBytes.wrap(secretOfInbox);
                SecretBytes root = bench.handshakes.inboxRoot(inbox, Network.REGTEST)) {
            byte[] locator = bench.channelKeys.newLocator(bench.handshakes.inboxBeacon(root), bench.random);
            packet = seal(
                    locator,
                    bench.handshakes.inboxPacketSecret(root, locator),
                    PacketLabel.SEALED,
                    bench.clock.instant());
            forged = copy(locator);
        }
        bench.guard.lock();
        try {
            SecretBytes root = bench.handshakes.inboxRoot(SecretBytes.wrap(secretOfInbox.clone()), Network.REGTEST);
            bench.recognition.beacons.add(
                    new ContactInbox(StageBench.ALICE.id(), Network.REGTEST, false),
                    bench.handshakes.inboxBeacon(root),
                    root);
        } finally {
            bench.guard.unlock();
        }
        assertEquals("a handshake for persona 'alice'", inspect(packet).verdict());
        assertEquals(Optional.of("alice"), inspect(packet).channel());
        assertTrue(inspect(packet).json().isPresent());
        assertTrue(inspect(forged).verdict().contains("someone copied the locator"));
        assertEquals(Optional.of("alice"), inspect(forged).channel());
    }

    private int chains;

    /** Follows a chain. @return its first packet, and junk after its second locator */
    private List<byte[]> follow(int conversation, ChainKind kind) throws Exception {
        byte[] seed = new byte[32];
        bench.random.nextBytes(seed);
        try (SecretBytes key = SecretBytes.wrap(seed);
                SendChain sends = bench.chains.send(key, bench.clock.instant())) {
            ReceiveChainRecord entry = new ReceiveChainRecord(
                    ++chains,
                    conversation,
                    kind,
                    bench.chains.sessionId(key),
                    AeadId.XCHACHA20_POLY1305.code(),
                    "carol",
                    bench.clock.instant().getEpochSecond(),
                    null,
                    null,
                    0,
                    null);
            ReceiveChain chain = bench.chains.receive(key, bench.clock.instant());
            bench.guard.open(() -> {
                bench.recognition.chains.follow(new ReceiveChainState(entry, chain));
                return null;
            });
            SendChain.Step step = sends.step();
            return List.of(
                    seal(step.locator(), step.secret(), PacketLabel.RATCHET, bench.clock.instant()),
                    copy(sends.step().locator()));
        }
    }

    @Test
    void theNextPacketOfAChainIsOpenedAndNotUsedUp() throws Exception {
        List<PacketView> views = new ArrayList<>();
        bench.put(PacketCodec.class, (PacketCodec) Proxy.newProxyInstance(
                PacketCodec.class.getClassLoader(), new Class<?>[] {PacketCodec.class}, (self, method, arguments) -> {
                    if (method.getName().equals("json")) {
                        views.add((PacketView) arguments[0]);
                    }
                    try {
                        return method.invoke(bench.codec, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
        ChannelMembership plaza = bench.join("plaza", Mode.RATCHET);
        List<byte[]> chain = follow(plaza.id(), ChainKind.CHANNEL);
        for (int i = 0; i < 2; i++) {
            Messages.Inspection next = inspect(chain.get(0));
            assertEquals("a packet that has not been sent yet", next.verdict());
            assertEquals(Optional.of("plaza"), next.channel());
            assertTrue(next.json().orElseThrow().contains("\"sequence\":0"), next.json()::toString);
        }
        assertEquals(Optional.of(plaza.entry.parameters()), views.get(0).kdf());
        assertArrayEquals(plaza.entry.salt(), views.get(0).salt());
        Messages.Inspection forged = inspect(chain.get(1));
        assertTrue(forged.verdict().contains("someone copied the locator"));
        assertEquals(Optional.of("plaza"), forged.channel());
        views.clear();
        int bob = bench.know("bob", bench.identities.generate(bench.random)).id();
        assertEquals(
                Optional.of("bob"),
                inspect(follow(bob, ChainKind.SESSION).get(0)).channel());
        assertEquals(Optional.empty(), views.get(0).kdf());
        Messages.Inspection removed = inspect(follow(99, ChainKind.CHANNEL).get(0));
        assertEquals(
                "an unknown packet or a decoy, or one whose key was erased: no key here opens it", removed.verdict());
    }
}
