package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Bus;

/** Packets that a session itself sends are queued, announced and withdrawn. */
class ControlSenderTest extends TwoPeople {
    private static final byte[] UNKNOWN = {77};

    @BeforeEach
    void open() throws Exception {
        ContactsBench.open(alice, bob);
    }

    @Test
    void aQueuedPacketIsAnnouncedToTheSender() throws Exception {
        AtomicInteger queued = new AtomicInteger();
        alice.stage.bus.on(Bus.Queued.class, event -> queued.incrementAndGet());
        alice.sayControl("bob", UNKNOWN);
        assertEquals(1, queued.get());
        assertEquals(1, alice.count(PacketType.CONTROL));
        assertEquals(
                List.of(State.QUEUED),
                alice.shown(alice.queued(PacketType.CONTROL).get(0).id()));
    }

    @Test
    void aPersonaThatOnlyReadsSendsNothing() throws Exception {
        alice.keys().copy = true;
        alice.sayControl("bob", UNKNOWN);
        assertEquals(0, alice.count(PacketType.CONTROL));
    }

    @Test
    void aContactWithAnAccountOfItsOwnIsSentEverythingByTheCarrierThatLasts() throws Exception {
        alice.stage.settings.carrier("rolling");
        alice.sayControl("bob", UNKNOWN);
        assertEquals("rolling", alice.queued(PacketType.CONTROL).get(0).carrier());
        alice.contacts.setAccount(Optional.empty(), "bob", "apart");
        alice.sayControl("bob", UNKNOWN);
        assertEquals("confirm", alice.queued(PacketType.CONTROL).get(1).carrier());
    }

    @Test
    void theEndOfASessionIsSentByTheCarrierThatLasts() throws Exception {
        alice.stage.settings.carrier("rolling");
        alice.sayControl("bob", new byte[] {ControlCodes.CLOSE});
        assertEquals("confirm", alice.queued(PacketType.CONTROL).get(0).carrier());
    }

    /** Its sealed packet is recognised as ours from now on. @return the packet */
    private PacketId sent(long id) throws Exception {
        byte[] packet = new byte[80];
        alice.stage.random.nextBytes(packet);
        alice.stage.outbox.change(
                id, now -> now.sealed(List.of(OutgoingPart.of(packet)), clock.millis() / 1000, false));
        PacketId packetId = PacketId.of(Network.REGTEST.code(), packet);
        alice.stage.recognition.packets.addSent(packetId, new PacketIndex.Sent(id, 0));
        return packetId;
    }

    private void assertGone(PacketId packet) {
        assertNull(alice.stage.recognition.packets.sent(packet));
    }

    @Test
    void theCoinsOfAMessageThatIsSealedAnewAreFreed() throws Exception {
        long waits = alice.write("bob", "it waits");
        PacketId packet = sent(waits);
        alice.sessions.openAgain(Optional.empty(), "bob");
        assertEquals(List.of(waits), alice.stage.sendQueue.released);
        assertGone(packet);
        assertEquals(List.of(State.SEALED, State.QUEUED), alice.shown(waits));
    }

    @Test
    void theCoinsOfAWithdrawnPacketAreFreed() throws Exception {
        alice.sessions.close(Optional.empty(), "bob");
        long end = alice.queued(PacketType.CONTROL).get(0).id();
        PacketId packet = sent(end);
        clock.pass(Duration.ofMinutes(2));
        bob.sessions.openAgain(Optional.empty(), "alice");
        alice.hear(bob.say());
        assertEquals(List.of(end), alice.stage.sendQueue.released);
        assertGone(packet);
        assertEquals(List.of(State.QUEUED, State.SEALED, State.RECALLED), alice.shown(end));
    }

    /** Another answer to the other side's handshake, or another handshake, would have other keys. */
    @Test
    void aHandshakeIsNotSealedAnewWhenTheSessionEnds() throws Exception {
        clock.pass(Duration.ofMinutes(2));
        alice.change((tx, after) -> ((HandshakeCoordinator) alice.handshakes)
                .reopen(tx, after, alice.contact("bob"), alice.sessionState(tx, "bob")));
        long handshake = alice.queued(PacketType.HANDSHAKE_INIT).get(1).id();
        sent(handshake);
        bob.sessions.close(Optional.empty(), "alice");
        alice.hear(bob.say());
        assertEquals(State.SEALED, alice.stage.state(handshake));
    }
}
