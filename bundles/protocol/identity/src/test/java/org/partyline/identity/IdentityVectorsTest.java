package org.partyline.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.Network;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities.Rotation;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;

/** Known answers of PROTOCOL 2.3, 6 and 6.1, RFC 8032 and RFC 7748. */
class IdentityVectorsTest {
    private static final int SENDER_AND_TIME = 13;

    private final CurveIdentities identities = new CurveIdentities();

    @TestFactory
    Stream<DynamicTest> keysAndCardsOfTheTwoParties() {
        JsonNode vector = Vectors.json("session.json");
        return Stream.of("alice", "bob").flatMap(name -> {
            JsonNode party = vector.required(name);
            String card = party.required("card").asText();
            IdentityKeys keys = Vectors.keys(identities, name);
            return Stream.of(
                    dynamicTest(name + "'s public keys", () -> {
                        PublicIdentity identity = keys.identity();
                        assertEquals(party.required("ed25519_public").asText(), Vectors.hex(identity.signing()));
                        assertEquals(party.required("x25519_public").asText(), Vectors.hex(identity.agreement()));
                    }),
                    dynamicTest(
                            name + "'s sender id",
                            () -> assertEquals(
                                    party.required("sender_id").asText(),
                                    Vectors.hex(keys.identity().senderId()))),
                    dynamicTest(name + "'s card is read", () -> checkCard(party, vector, card)),
                    dynamicTest(
                            name + "'s card is read in upper case",
                            () -> checkCard(party, vector, card.toUpperCase(Locale.ROOT))),
                    dynamicTest(
                            name + "'s card is written", () -> assertEquals(card, identities.encode(decoded(party)))));
        });
    }

    private void checkCard(JsonNode party, JsonNode vector, String text) {
        ContactCard card = identities.decode(text);
        assertEquals(Vectors.network(vector), card.network());
        assertEquals(
                party.required("ed25519_public").asText(),
                Vectors.hex(card.identity().signing()));
        assertEquals(
                party.required("x25519_public").asText(),
                Vectors.hex(card.identity().agreement()));
        assertEquals(party.required("inbox").asText(), Vectors.hex(card.inboxSecret()));
        assertEquals(decoded(party).nickname(), card.nickname());
    }

    private static ContactCard decoded(JsonNode party) {
        return new ContactCard(
                Vectors.network(Vectors.json("session.json")),
                new PublicIdentity(Vectors.bytes(party, "ed25519_public"), Vectors.bytes(party, "x25519_public")),
                Vectors.bytes(party, "inbox"),
                party.required("nickname").asText());
    }

    @Test
    void bothPartiesSeeTheSameSafetyNumber() {
        PublicIdentity alice = Vectors.keys(identities, "alice").identity();
        PublicIdentity bob = Vectors.keys(identities, "bob").identity();
        String expected = Vectors.json("session.json").required("safety_number").asText();
        assertEquals(expected, identities.safetyNumber(alice, bob));
        assertEquals(expected, identities.safetyNumber(bob, alice));
    }

    @TestFactory
    Stream<DynamicTest> aliceRotates() {
        JsonNode vector = Vectors.json("rotate.json");
        IdentityKeys old = Vectors.keys(identities, "alice");
        IdentityKeys next = identities.restore(
                Vectors.secret(vector, "new_ed25519_seed"),
                Vectors.secret(vector, "new_x25519_private"),
                Vectors.secret(vector, "new_inbox"));
        boolean compromised = vector.required("reason").asInt() == 1;
        byte[] body = Vectors.bytes(vector, "body");
        return Stream.of(
                dynamicTest(
                        "the body is written",
                        () -> assertEquals(
                                Vectors.hex(body),
                                Vectors.hex(identities.rotation(Vectors.network(vector), old, next, compromised)))),
                dynamicTest("the body is read", () -> {
                    Rotation rotation = identities
                            .openRotation(Vectors.network(vector), old.identity(), body)
                            .orElseThrow();
                    assertEquals(next.identity(), rotation.identity());
                    assertArrayEquals(next.inboxSecret().expose(), rotation.inboxSecret());
                    assertEquals(compromised, rotation.compromised());
                }));
    }

    @TestFactory
    Stream<DynamicTest> aliceSignsAMessage() {
        JsonNode vector = Vectors.json("signed.json");
        return isSigned(vector, Vectors.bytes(vector, "locator"), "sealed", 1, "signed words");
    }

    @TestFactory
    Stream<DynamicTest> aliceSignsAMessageOnAChain() {
        JsonNode vector = Vectors.json("signed.json").required("on_chain");
        byte[] locator = Arrays.copyOfRange(Vectors.bytes(vector, "packet"), 1, 9);
        return isSigned(vector, locator, "ratchet", 2, "signed on a chain");
    }

    private Stream<DynamicTest> isSigned(JsonNode vector, byte[] locator, String label, int suite, String words) {
        byte[] plaintext = Vectors.bytes(vector, "plaintext");
        byte[] signature = Arrays.copyOfRange(plaintext, SENDER_AND_TIME, SENDER_AND_TIME + 64);
        byte[] prefix = ("partyline/2 sig\0" + label + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] text = words.getBytes(StandardCharsets.US_ASCII);
        byte[] input = ByteBuffer.allocate(prefix.length + 2 + locator.length + SENDER_AND_TIME + text.length)
                .put(prefix)
                .put(Network.REGTEST.code())
                .put((byte) suite)
                .put(locator)
                .put(plaintext, 0, SENDER_AND_TIME)
                .put(text)
                .array();
        IdentityKeys alice = Vectors.keys(identities, "alice");
        return Stream.of(
                dynamicTest(
                        "the key is hers",
                        () -> assertEquals(
                                Vectors.json("signed.json")
                                        .required("ed25519_public")
                                        .asText(),
                                Vectors.hex(alice.identity().signing()))),
                dynamicTest(
                        "the signature is hers",
                        () -> assertTrue(identities.verify(alice.identity(), input, signature))),
                dynamicTest(
                        "she makes the same one", () -> assertArrayEquals(signature, identities.sign(alice, input))));
    }

    @TestFactory
    Stream<DynamicTest> signaturesOfRfc8032() {
        return Vectors.lines("rfc8032.txt").stream()
                .map(fields -> dynamicTest(fields[0], () -> {
                    byte[] seed = Vectors.hex(fields[1]);
                    byte[] message = Vectors.hex(fields[3]);
                    assertEquals(fields[2], Vectors.hex(Curves.signingPublic(seed)));
                    assertEquals(fields[4], Vectors.hex(Curves.sign(seed, message)));
                    assertTrue(Curves.verify(Vectors.hex(fields[2]), message, Vectors.hex(fields[4])));
                }));
    }

    @TestFactory
    Stream<DynamicTest> signaturesOfWycheproof() {
        return Vectors.lines("ed25519-wycheproof.txt", " \\| ").stream()
                .map(fields -> dynamicTest(
                        fields[0],
                        () -> assertEquals(
                                fields[4].equals("valid"),
                                Curves.verify(
                                        Vectors.hex(fields[1]), Vectors.hex(fields[2]), Vectors.hex(fields[3])))));
    }

    @TestFactory
    Stream<DynamicTest> publicKeysOfRfc7748() {
        return Vectors.lines("rfc7748.txt").stream()
                .map(fields -> dynamicTest(
                        fields[0],
                        () -> assertEquals(fields[2], Vectors.hex(Curves.agreementPublic(Vectors.hex(fields[1]))))));
    }

    @Test
    void theIteratedVectorOfRfc7748ComesOutOfBouncyCastle() {
        byte[] k = new byte[32];
        k[0] = 9;
        byte[] u = k.clone();
        for (int i = 0; i < 1000; i++) {
            byte[] result = new byte[32];
            X25519.scalarMult(k, 0, u, 0, result, 0);
            u = k;
            k = result;
            if (i == 0) {
                assertEquals("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", Vectors.hex(k));
            }
        }
        assertEquals("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Vectors.hex(k));
    }
}
