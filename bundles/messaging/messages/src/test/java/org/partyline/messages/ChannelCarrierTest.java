package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.state.AbsentException;
import org.partyline.testkit.messaging.StageBench;

/**
 * Tests which carrier a message uses: its own, its channel's, or the configured one; and what is reported of one sent
 * by it.
 */
class ChannelCarrierTest {
    private final StageBench stage = new StageBench();
    private Messages messages;

    /** Names the available carriers; the carriers themselves are unavailable. */
    private static final class Named implements Carriers {
        private final List<Carrier> all = List.of(Carrier.CONFIRM, Carrier.ROLLING);

        @Override
        public org.partyline.api.carrier.Carrier of(String id) {
            throw new AbsentException("its carrier '" + id + "' is not available");
        }

        @Override
        public org.partyline.api.carrier.Carrier of(OutgoingMessage outgoing) {
            return of(outgoing.carrier());
        }

        @Override
        public org.partyline.api.carrier.Carrier.Price quote(
                String carrier, Quote quote, String account, List<Transport> among) throws PartylineException {
            return of(carrier).price(quote, CarrierViews.of(among));
        }

        @Override
        public long change(int persona, Network network) {
            return 0;
        }

        @Override
        public List<Carrier> list() {
            return all;
        }

        @Override
        public void require(Carrier carrier) throws NoSuchThingException {
            if (!all.contains(carrier)) {
                throw new NoSuchThingException("there is no carrier '" + carrier + "': use one of "
                        + all.stream().map(Carrier::id).collect(Collectors.joining(", ")));
            }
        }
    }

    @BeforeEach
    void open() {
        stage.put(Carriers.class, new Named());
        messages = StageBench.offered(stage.add(MessagesStage::new), Messages.class);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void set(Carrier carrier) {
        stage.settings.carrier(carrier.id());
    }

    private void join(String name, Carrier carrier) throws Exception {
        ChannelMembership member = stage.join(name, Mode.OPEN);
        member.entry = member.entry.withCarrier(Optional.ofNullable(carrier));
    }

    private Carrier sent(String channel, Carrier named) throws Exception {
        long id = messages.send(new Messages.Send(
                        Optional.empty(),
                        false,
                        channel,
                        "hello",
                        Optional.empty(),
                        false,
                        false,
                        Optional.empty(),
                        Optional.ofNullable(named)))
                .id();
        assertEquals(
                stage.outgoing(id).carrier(), messages.outgoing(id).carrier().id());
        return messages.outgoing(id).carrier();
    }

    @Test
    void whatTheMessageNamesComesBeforeTheChannelsAndThatBeforeTheSetting() throws Exception {
        join("plain", null);
        join("rolls", Carrier.ROLLING);
        join("confirms", Carrier.CONFIRM);
        for (Carrier set : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            set(set);
            assertEquals(set, sent("plain", null));
            assertEquals(Carrier.ROLLING, sent("rolls", null));
            assertEquals(Carrier.CONFIRM, sent("confirms", null));
            for (String channel : List.of("plain", "rolls", "confirms")) {
                assertEquals(Carrier.ROLLING, sent(channel, Carrier.ROLLING));
                assertEquals(Carrier.CONFIRM, sent(channel, Carrier.CONFIRM));
            }
        }
    }

    @Test
    void aCarrierThatIsNotHereIsRefusedAndThoseThatAreAreNamed() throws Exception {
        assertEquals(List.of(Carrier.CONFIRM, Carrier.ROLLING), messages.carriers());
        join("plain", null);
        assertEquals(
                "there is no carrier 'pigeon': use one of confirm, rolling",
                assertThrows(NoSuchThingException.class, () -> sent("plain", new Carrier("pigeon")))
                        .getMessage());
        assertEquals(List.of(), messages.outbox(true), "nothing is stored");
        Messages.Send request = new Messages.Send(
                Optional.empty(),
                false,
                "plain",
                "hello",
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.of(new Carrier("pigeon")));
        assertThrows(NoSuchThingException.class, () -> messages.price(request));
    }

    @Test
    void whatHasLeftAndWaitsToRideAgainIsNotCancelled() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        long written = stage.queue(lobby, "not gone");
        stage.sealer.seal(written);
        assertEquals(State.RECALLED, messages.cancel(written).state());
        assertEquals(List.of(written), stage.sendQueue.released, "its coins are free");

        long id = stage.queue(lobby, "gone");
        stage.sealer.seal(id);
        stage.outbox.changePart(
                id,
                0,
                part -> part.signed(new byte[1], new byte[32], 100, 21, "a", "")
                        .on(PacketEvent.SHOWN)
                        .on(PacketEvent.TRANSACTION_GONE));
        assertEquals(State.SEALED, stage.state(id), "it waits to ride again");
        NoSuchThingException refused = assertThrows(NoSuchThingException.class, () -> messages.cancel(id));
        assertTrue(refused.getMessage().contains("a node may have it"), refused.getMessage());
        assertEquals(State.SEALED, stage.state(id));
    }
}
