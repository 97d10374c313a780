package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Messages;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.engine.control.ControlCodes;
import org.partyline.engine.mailbox.FragmentRecord;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.session.NoiseHandshakes;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Who has a card can seal anything for its inbox, and send again what others sealed: only handshakes are let in, and once. */
class InboxHandshakesOnlyTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final Handshakes handshakes = new NoiseHandshakes();
    private final ChannelKeys channelKeys = TestServer.make(ChannelKeySchedule.class);
    private final PacketCodec codec = TestServer.codec();
    private final SecureRandom random = new SecureRandom();
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoContacts() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.know(bob, "bob");
        bob.know(alice, "alice");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Seals something for bob's inbox. */
    private void seal(Content content) throws Exception {
        ContactCard card =
                TestServer.identities().decode(bob.personas().card(Optional.empty(), Optional.of(Network.REGTEST)));
        try (SecretBytes inbox = SecretBytes.copyOf(card.inboxSecret());
                SecretBytes root = handshakes.inboxRoot(inbox, Network.REGTEST);
                SecretBytes beacon = handshakes.inboxBeacon(root)) {
            byte[] locator = channelKeys.newLocator(beacon, random);
            try (SecretBytes secret = handshakes.inboxPacketSecret(root, locator)) {
                PacketKey key = new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST);
                int bucket = Packets.BUCKETS.stream()
                        .filter(size -> Packets.capacity(size, locator.length) >= codec.length(content))
                        .findFirst()
                        .orElseThrow();
                network.takes(network.transaction(List.of(codec.seal(content, key, Insider.XCHACHA, bucket))));
            }
        }
    }

    private Content piece(int index, String body) {
        return new Content(
                PacketType.FRAGMENT,
                false,
                clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new FragmentHeader(7, index, 2)),
                Optional.empty(),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** All that bob shows, from whomever. */
    private List<String> shown() throws Exception {
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .map(message -> message.text().orElse(""))
                .toList();
    }

    private void openSession() throws Exception {
        alice.write("bob", "from a contact");
        TestServer.await("the contact's words", () -> shown().contains("from a contact"));
    }

    @Test
    void aTextInAnInboxIsNotLetIn() throws Exception {
        seal(Content.of(PacketType.TEXT, clock.instant(), "from nobody".getBytes(StandardCharsets.UTF_8)));
        openSession();
        assertEquals(List.of("from a contact"), shown());
    }

    @Test
    void aTextInPiecesIsNotLetIn() throws Exception {
        String text = (char) PacketType.TEXT.code() + "from ";
        seal(piece(0, text));
        seal(piece(1, "nobody"));
        openSession();
        assertEquals(List.of("from a contact"), shown());
    }

    @Test
    void theSecondPieceOfATextMayComeFirst() throws Exception {
        seal(piece(1, "nobody"));
        seal(piece(0, (char) PacketType.TEXT.code() + "from "));
        openSession();
        assertEquals(List.of("from a contact"), shown());
    }

    @Test
    void whatEndsSessionsOrRenewsKeysIsNotLetInEither() throws Exception {
        openSession();
        seal(Content.of(PacketType.CONTROL, clock.instant(), new byte[] {ControlCodes.CLOSE}));
        seal(Content.of(PacketType.KEY_UPDATE, clock.instant(), new byte[32]));
        seal(Content.of(PacketType.HANDSHAKE_RESP, clock.instant(), new byte[49]));
        alice.write("bob", "and more");
        TestServer.await("the session goes on", () -> shown().contains("and more"));
        assertEquals(
                1,
                alice.messages().outbox(true).stream()
                        .filter(out -> out.kind().equals("handshake"))
                        .count());
    }

    @Test
    void anOfferThatIsSentAgainLeavesNoTrace() throws Exception {
        openSession();
        // What a server remembers of packets in memory must not be what stops it.
        bob = bob.restart(nodeB);
        clock.pass(Duration.ofHours(12));
        bob.keep();
        for (byte[] raw : List.copyOf(network.broadcasts())) {
            TransactionScanner.scan(
                    raw,
                    (output, offset, length) -> network.takes(
                            network.transaction(List.of(Arrays.copyOfRange(raw, offset, offset + length)))));
        }
        bob.read();
        assertFalse(bob.audited.contains("handshake-replayed"), bob.audited.toString());
        long pieces = bob.store.transact(tx -> tx.count(FragmentRecord.TABLE));
        assertEquals(0, pieces);
        alice.write("bob", "the session goes on");
        TestServer.await("it goes on", () -> shown().contains("the session goes on"));
    }
}
