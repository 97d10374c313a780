package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Quote;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** A channel's carrier for messages that do not name one. */
class ChannelCarrierTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final KdfParameters KDF = KdfParameters.defaults(KdfId.ARGON2ID);

    private final StageBench stage = new StageBench();
    private Channels channels;

    /** Lists the available carriers, and carries nothing. */
    private static final class Here implements Carriers {
        private final List<Carrier> all = List.of(Carrier.CONFIRM, Carrier.ROLLING);

        @Override
        public org.partyline.api.carrier.Carrier of(String id) {
            throw new UnsupportedOperationException(id);
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

    /** Confirm and rolling. */
    static Carriers carriers() {
        return new Here();
    }

    @BeforeEach
    void open() {
        stage.put(Carriers.class, carriers());
        channels = StageBench.offered(stage.add(ChannelsStage::new), Channels.class);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static Channels.Join join(String name, Carrier carrier) {
        return new Channels.Join(
                Optional.empty(),
                name,
                Mode.OPEN,
                Optional.of(KDF),
                Optional.of(Network.REGTEST),
                Optional.ofNullable(carrier));
    }

    private ChannelMembership member(String channel) {
        return stage.people.conversations.members().stream()
                .filter(member -> member.entry.name().equals(channel))
                .findFirst()
                .orElseThrow();
    }

    private Optional<Carrier> listed(String channel) throws Exception {
        return channels.list(Optional.empty()).stream()
                .filter(found -> found.name().equals(channel))
                .findFirst()
                .orElseThrow()
                .carrier();
    }

    private Optional<Carrier> stored(String channel) throws Exception {
        int id = member(channel).id();
        return stage.store.transact(tx -> Tables.find(tx, MembershipRecord.TABLE, Keys.of(id), MembershipRecord.class)
                .orElseThrow()
                .itsCarrier());
    }

    private void assertCarrier(Optional<Carrier> carrier, String channel) throws Exception {
        assertEquals(carrier, listed(channel), "as it is listed");
        assertEquals(carrier, stored(channel), "as it is stored");
        assertEquals(carrier, member(channel).itsCarrier(), "as messages ask for it");
        // The channel's daily keys advance, and are stored again.
        assertEquals(carrier, member(channel).toStore().itsCarrier(), "as it is stored again");
    }

    @Test
    void itIsThatWithWhichAPersonaEnters() throws Exception {
        assertEquals(
                Optional.empty(), channels.join(join("plain", null), PASSPHRASE).carrier());
        Channels.Channel rolls = channels.join(join("rolls", Carrier.ROLLING), PASSPHRASE);
        assertEquals(Optional.of(Carrier.ROLLING), rolls.carrier());
        channels.create(
                new Channels.Create(
                        Optional.empty(),
                        "confirms",
                        Mode.OPEN,
                        KDF,
                        Optional.of(Network.REGTEST),
                        Optional.of(Carrier.CONFIRM)),
                PASSPHRASE);
        assertCarrier(Optional.empty(), "plain");
        assertCarrier(Optional.of(Carrier.ROLLING), "rolls");
        assertCarrier(Optional.of(Carrier.CONFIRM), "confirms");
    }

    @Test
    void itIsChangedAndStays() throws Exception {
        channels.join(join("lobby", null), PASSPHRASE);
        Channels.Channel changed = channels.carrier(Optional.empty(), "lobby", Optional.of(Carrier.ROLLING));
        assertEquals(Optional.of(Carrier.ROLLING), changed.carrier());
        assertCarrier(Optional.of(Carrier.ROLLING), "lobby");

        channels.carrier(Optional.empty(), "lobby", Optional.empty());
        assertCarrier(Optional.empty(), "lobby");
        assertThrows(NoSuchThingException.class, () -> channels.carrier(Optional.empty(), "nowhere", Optional.empty()));
    }

    @Test
    void aChannelWhoseRecordNamesNoCarrierHasNone() throws Exception {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("id", 1);
        record.put("name", "lobby");
        MembershipRecord read = Cbor.read(Cbor.write(record), MembershipRecord.class);
        assertEquals("lobby", read.name());
        assertEquals(Optional.empty(), read.itsCarrier());
    }

    @Test
    void aCarrierThatIsNotHereIsRefused() throws Exception {
        Carrier pigeon = new Carrier("pigeon");
        String refusal = "there is no carrier 'pigeon': use one of confirm, rolling";
        assertEquals(
                refusal,
                assertThrows(NoSuchThingException.class, () -> channels.join(join("loft", pigeon), PASSPHRASE))
                        .getMessage());
        assertEquals(List.of(), channels.list(Optional.empty()), "nobody is in it");
        channels.join(join("plain", null), PASSPHRASE);
        assertEquals(
                refusal,
                assertThrows(
                                NoSuchThingException.class,
                                () -> channels.carrier(Optional.empty(), "plain", Optional.of(pigeon)))
                        .getMessage());
        assertCarrier(Optional.empty(), "plain");
        for (String id : List.of("", "Rolling", "1st", "a".repeat(25), "two words")) {
            assertThrows(IllegalArgumentException.class, () -> new Carrier(id), id);
        }
    }
}
