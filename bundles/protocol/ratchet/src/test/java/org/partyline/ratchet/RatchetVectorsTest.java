package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;

/** Known answers of PROTOCOL 3, 4 and 5. */
class RatchetVectorsTest {
    private static final Instant START = Instant.ofEpochSecond(1_770_164_200);

    private final ChannelKeySchedule keys = new ChannelKeySchedule();
    private final PartylineChains chains = new PartylineChains();

    @TestFactory
    Stream<DynamicTest> rootsAndBeaconsOfAChannel() {
        return Vectors.each(Vectors.load("channels.json").required("cases"))
                .map(vector -> dynamicTest(vector.required("name").asText(), () -> {
                    KdfParameters kdf = Vectors.kdf(vector);
                    char[] passphrase = vector.required("passphrase").asText().toCharArray();
                    SecretBytes root = keys.startingRoot(
                            new BouncyDerivation(kdf.id()), kdf, Vectors.bytes(vector, "salt"), passphrase);
                    assertEquals(vector.required("root_start").asText(), Vectors.hex(root.expose()));
                    int days = vector.required("day").asInt()
                            - vector.required("start_day").asInt();
                    SecretBytes later = keys.advance(root, days);
                    assertEquals(vector.required("root_day").asText(), Vectors.hex(later.expose()));
                    assertEquals(
                            vector.required("beacon_day").asText(),
                            Vectors.hex(keys.beacon(later).expose()));
                }));
    }

    @TestFactory
    Stream<DynamicTest> invitesOfAChannel() {
        return Vectors.each(Vectors.load("channels.json").required("cases"))
                .map(vector -> dynamicTest(vector.required("name").asText(), () -> {
                    String text = vector.required("invite").asText();
                    Invite invite = new Invite(
                            Vectors.network(vector),
                            Vectors.kdf(vector),
                            vector.required("start_day").asInt(),
                            Vectors.bytes(vector, "salt"),
                            vector.required("name").asText());
                    assertEquals(text, keys.encode(invite));
                    for (String form : new String[] {text, text.toUpperCase(Locale.ROOT)}) {
                        Invite read = keys.decodeInvite(form);
                        assertEquals(invite.network(), read.network());
                        assertEquals(invite.kdf(), read.kdf());
                        assertEquals(invite.startDay(), read.startDay());
                        assertArrayEquals(invite.salt(), read.salt());
                        assertEquals(invite.name(), read.name());
                    }
                }));
    }

    @Test
    void theSaltOfAChannelThatIsJoinedByPassphraseComesFromItsName() {
        for (JsonNode vector : Vectors.load("channels.json").required("cases")) {
            if (vector.required("start_day").asInt() == 20454) {
                byte[] salt = keys.salt(
                        Vectors.network(vector), vector.required("name").asText());
                assertEquals(vector.required("salt").asText(), Vectors.hex(salt));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> secretsOfSealedPackets() {
        JsonNode channels = Vectors.load("channels.json").required("cases");
        JsonNode cases = Vectors.load("sealed.json").required("cases");
        return IntStream.range(0, cases.size())
                .mapToObj(i -> dynamicTest("sealed packet " + i, () -> {
                    JsonNode vector = cases.get(i);
                    JsonNode channel = channels.get(vector.required("channel").asInt());
                    KdfParameters kdf = Vectors.kdf(channel);
                    byte[] locator = Vectors.bytes(vector, "locator");
                    SecretBytes root = Vectors.secret(channel, "root_day");
                    SecretBytes secret = keys.sealedSecret(new BouncyDerivation(kdf.id()), kdf, root, locator);
                    assertEquals(vector.required("packet_secret").asText(), Vectors.hex(secret.expose()));

                    SecretBytes beacon = Vectors.secret(channel, "beacon_day");
                    byte[] r = Vectors.bytes(vector, "r");
                    assertEquals(Vectors.hex(locator), Vectors.hex(keys.newLocator(beacon, new FixedRandom(r))));
                    BeaconTable table = chains.newBeaconTable();
                    table.add(17, beacon);
                    assertEquals(17, table.match(Vectors.bytes(vector, "packet")));
                }));
    }

    @Test
    void theChainStartsFromSeedAndRoot() {
        JsonNode vector = Vectors.load("chain.json");
        JsonNode channel = Vectors.load("channels.json").required("cases").get(1);
        SecretBytes key = chains.channelChainKey(
                Vectors.bytes(vector, "seed"), Vectors.secret(channel, "root_day"), Network.REGTEST);
        assertEquals(vector.required("chain_key_0").asText(), Vectors.hex(key.expose()));
        assertEquals(vector.required("session_id").asText(), Vectors.hex(chains.sessionId(key)));
    }

    @TestFactory
    Stream<DynamicTest> stepsOfAChain() {
        JsonNode vector = Vectors.load("chain.json");
        SecretBytes key = Vectors.secret(vector, "chain_key_0");
        SendChain sender = chains.send(key, START);
        ReceiveChain receiver = chains.receive(key, START);
        Map<Integer, Long> hints = new HashMap<>();
        receiver.forEachExpected(hints::put);
        return Vectors.each(vector.required("messages"))
                .map(message -> dynamicTest("message " + message.required("i"), () -> {
                    int i = message.required("i").asInt();
                    byte[] state = sender.encode().expose();
                    assertEquals(
                            message.required("chain_key").asText(),
                            Vectors.hex(Arrays.copyOfRange(state, state.length - 32, state.length)));
                    SendChain.Step step = sender.step();
                    assertEquals(i, step.position());
                    assertEquals(message.required("hint").asText(), Vectors.hex(step.locator()));
                    assertEquals(
                            message.required("packet_secret").asText(),
                            Vectors.hex(step.secret().expose()));
                    assertEquals(step.hint(), hints.get(i));
                    assertEquals(step.secret(), receiver.secret(i));
                }));
    }
}
