package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.store.Cbor;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Which carrier a message takes: the one it names, its channel's, the one that is set. */
class ChannelCarrierTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private TestServer alice;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        alice = TestServer.fresh(clock, node);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private static Channels.Join join(String name, Carrier carrier) {
        return new Channels.Join(
                Optional.empty(),
                name,
                Mode.OPEN,
                Optional.of(TestServer.CHEAP),
                Optional.of(Network.REGTEST),
                Optional.ofNullable(carrier));
    }

    private static Carrier sent(TestServer server, String channel, Carrier named) throws Exception {
        long id = server.messages()
                .send(new Messages.Send(
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
        return server.messages().outgoing(id).carrier();
    }

    private static Optional<Carrier> listed(TestServer server, String channel) throws Exception {
        return server.channels().list(Optional.empty()).stream()
                .filter(found -> found.name().equals(channel))
                .findFirst()
                .orElseThrow()
                .carrier();
    }

    @Test
    void whatTheMessageNamesComesBeforeTheChannelsAndThatBeforeTheSetting() throws Exception {
        node.down = true;
        alice.channels().join(join("plain", null), PASSPHRASE);
        Channels.Channel rolls = alice.channels().join(join("rolls", Carrier.ROLLING), PASSPHRASE);
        assertEquals(Optional.of(Carrier.ROLLING), rolls.carrier());
        alice.channels()
                .create(
                        new Channels.Create(
                                Optional.empty(),
                                "confirms",
                                Mode.OPEN,
                                TestServer.CHEAP,
                                Optional.of(Network.REGTEST),
                                Optional.of(Carrier.CONFIRM)),
                        PASSPHRASE);
        for (Carrier set : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            alice.settings.set("carrier", set.id());
            assertEquals(set, sent(alice, "plain", null));
            assertEquals(Carrier.ROLLING, sent(alice, "rolls", null));
            assertEquals(Carrier.CONFIRM, sent(alice, "confirms", null));
            for (String channel : List.of("plain", "rolls", "confirms")) {
                assertEquals(Carrier.ROLLING, sent(alice, channel, Carrier.ROLLING));
                assertEquals(Carrier.CONFIRM, sent(alice, channel, Carrier.CONFIRM));
            }
        }
    }

    @Test
    void itIsChangedAndStays() throws Exception {
        alice.channels().join(join("lobby", null), PASSPHRASE);
        Channels.Channel changed = alice.channels().carrier(Optional.empty(), "lobby", Optional.of(Carrier.ROLLING));
        assertEquals(Optional.of(Carrier.ROLLING), changed.carrier());
        assertEquals(Carrier.ROLLING, sent(alice, "lobby", null));
        TestServer.await("it left", () -> network.waiting().size() == 1);
        // The channel's keys of the day move on, and are stored again.
        clock.pass(Duration.ofDays(2));
        alice.keep();
        alice = alice.restart(node);
        assertEquals(Optional.of(Carrier.ROLLING), listed(alice, "lobby"));
        assertEquals(Carrier.ROLLING, sent(alice, "lobby", null));

        alice.channels().carrier(Optional.empty(), "lobby", Optional.empty());
        assertEquals(Optional.empty(), listed(alice, "lobby"));
        assertEquals(Carrier.CONFIRM, sent(alice, "lobby", null));
        assertThrows(
                NoSuchThingException.class,
                () -> alice.channels().carrier(Optional.empty(), "nowhere", Optional.empty()));
    }

    @Test
    void aBackupKeepsIt() throws Exception {
        alice.channels().join(join("lobby", Carrier.ROLLING), PASSPHRASE);
        Path file = directory.resolve("backup");
        alice.backups().exportTo(file, "backup passphrase".toCharArray());
        try (TestServer other = TestServer.fresh(clock, network.node("b"))) {
            other.backups().importFrom(file, "backup passphrase".toCharArray());
            assertEquals(Optional.of(Carrier.ROLLING), listed(other, "lobby"));
        }
    }

    @Test
    void aChannelOfAnEarlierVersionHasNone() throws Exception {
        Map<String, Object> earlier = new LinkedHashMap<>();
        earlier.put("id", 1);
        earlier.put("name", "lobby");
        MembershipRecord read = Cbor.read(Cbor.write(earlier), MembershipRecord.class);
        assertEquals("lobby", read.name());
        assertEquals(Optional.empty(), read.itsCarrier());
    }

    @Test
    void aCarrierThatIsNotHereIsRefusedAndThoseThatAreAreNamed() throws Exception {
        assertEquals(List.of(Carrier.CONFIRM, Carrier.ROLLING), alice.messages().carriers());
        Carrier pigeon = new Carrier("pigeon");
        String refusal = "there is no carrier 'pigeon': take one of confirm, rolling";
        assertEquals(
                refusal,
                assertThrows(NoSuchThingException.class, () -> alice.channels().join(join("loft", pigeon), PASSPHRASE))
                        .getMessage());
        alice.channels().join(join("plain", null), PASSPHRASE);
        assertEquals(
                refusal,
                assertThrows(NoSuchThingException.class, () -> sent(alice, "plain", pigeon))
                        .getMessage());
        assertEquals(
                refusal,
                assertThrows(
                                NoSuchThingException.class,
                                () -> alice.channels().carrier(Optional.empty(), "plain", Optional.of(pigeon)))
                        .getMessage());
        assertEquals(Optional.empty(), listed(alice, "plain"));
        for (String id : List.of("", "Rolling", "1st", "a".repeat(25), "two words")) {
            assertThrows(IllegalArgumentException.class, () -> new Carrier(id), id);
        }
    }
}
