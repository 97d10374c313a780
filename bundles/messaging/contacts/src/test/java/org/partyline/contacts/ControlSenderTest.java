package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.mailbox.OutgoingPart;
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

    @Test
    void theCoinsOfAMessageThatIsSealedAnewAreFreed() throws Exception {
        long waits = alice.write("bob", "it waits");
        alice.stage.outbox.change(
                waits, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), clock.millis() / 1000, false));
        alice.sessions.openAgain(Optional.empty(), "bob");
        assertEquals(List.of(waits), alice.stage.sendQueue.released);
    }

    @Test
    void theCoinsOfAWithdrawnPacketAreFreed() throws Exception {
        alice.sessions.close(Optional.empty(), "bob");
        long end = alice.queued(PacketType.CONTROL).get(0).id();
        clock.pass(Duration.ofMinutes(2));
        bob.sessions.openAgain(Optional.empty(), "alice");
        alice.hear(bob.say());
        assertEquals(List.of(end), alice.stage.sendQueue.released);
    }
}
