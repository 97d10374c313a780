package org.partyline.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.Identities.Rotation;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;

class CurveIdentitiesTest {
    /** Order of Ed25519's group (RFC 8032, 5.1). */
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final BigInteger FIELD = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    private final CurveIdentities identities = new CurveIdentities();
    private final SeededRandom random = new SeededRandom(20260301);

    private PublicIdentity withSigning(byte[] key) {
        return new PublicIdentity(
                key, Vectors.keys(identities, "alice").identity().agreement());
    }

    @Test
    void noKeyOfAPersonaIsAnotherOnes() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            try (IdentityKeys keys = identities.generate(random)) {
                assertTrue(seen.add(Vectors.hex(keys.signingSeed().expose())));
                assertTrue(seen.add(Vectors.hex(keys.agreementPrivate().expose())));
                assertTrue(seen.add(Vectors.hex(keys.inboxSecret().expose())));
                assertTrue(seen.add(Vectors.hex(keys.identity().signing())));
                assertTrue(seen.add(Vectors.hex(keys.identity().agreement())));
            }
        }
    }

    @Test
    void storedKeysComeBackWithTheirPublicOnes() {
        for (int i = 0; i < 50; i++) {
            IdentityKeys keys = identities.generate(random);
            IdentityKeys again = identities.restore(keys.signingSeed(), keys.agreementPrivate(), keys.inboxSecret());
            assertEquals(keys.identity(), again.identity());
            assertEquals(keys.inboxSecret(), again.inboxSecret());
            keys.close();
            assertEquals(32, again.signingSeed().expose().length, "they are copies");
            assertTrue(identities.verify(again.identity(), new byte[3], identities.sign(again, new byte[3])));
        }
    }

    @Test
    void keysOfAnotherLengthAreRefused() {
        for (int length : new int[] {0, 15, 16, 31, 33, 64}) {
            SecretBytes wrong = SecretBytes.wrap(new byte[length]);
            SecretBytes key = SecretBytes.wrap(new byte[32]);
            SecretBytes inbox = SecretBytes.wrap(new byte[16]);
            assertThrows(IllegalArgumentException.class, () -> identities.restore(wrong, key, inbox));
            assertThrows(IllegalArgumentException.class, () -> identities.restore(key, wrong, inbox));
            if (length != 16) {
                assertThrows(IllegalArgumentException.class, () -> identities.restore(key, key, wrong));
            }
        }
    }

    @Test
    void bothEndsAgreeOnASecret() {
        for (int i = 0; i < 20; i++) {
            IdentityKeys one = identities.generate(random);
            IdentityKeys other = identities.generate(random);
            byte[] here = new byte[32];
            byte[] there = new byte[32];
            X25519.calculateAgreement(
                    one.agreementPrivate().expose(), 0, other.identity().agreement(), 0, here, 0);
            X25519.calculateAgreement(
                    other.agreementPrivate().expose(), 0, one.identity().agreement(), 0, there, 0);
            assertArrayEquals(here, there);
        }
    }

    @Test
    void aSignatureIsGoodForItsKeyAndItsTextOnly() {
        for (int i = 0; i < 50; i++) {
            IdentityKeys keys = identities.generate(random);
            byte[] text = new byte[i * 7];
            random.nextBytes(text);
            byte[] signature = identities.sign(keys, text);
            assertTrue(identities.verify(keys.identity(), text, signature));
            assertFalse(identities.verify(identities.generate(random).identity(), text, signature));
            assertFalse(identities.verify(keys.identity(), Arrays.copyOf(text, text.length + 1), signature));
        }
    }

    @Test
    void everyChangedBitOfASignatureOrItsKeyIsNoticed() {
        IdentityKeys keys = identities.generate(random);
        byte[] text = "words".getBytes(StandardCharsets.US_ASCII);
        byte[] signature = identities.sign(keys, text);
        for (int bit = 0; bit < 8 * signature.length; bit++) {
            assertFalse(identities.verify(keys.identity(), text, flipped(signature, bit)));
        }
        for (int bit = 0; bit < 8 * 32; bit++) {
            byte[] key = flipped(keys.identity().signing(), bit);
            assertFalse(identities.verify(withSigning(key), text, signature));
        }
    }

    @Test
    void aSignatureOfAnyOtherLengthIsFalse() {
        IdentityKeys keys = identities.generate(random);
        byte[] signature = identities.sign(keys, new byte[0]);
        for (int length = 0; length <= 130; length++) {
            boolean good = identities.verify(keys.identity(), new byte[0], Arrays.copyOf(signature, length));
            assertEquals(length == 64, good);
        }
    }

    @Test
    void aSecondFormOfASignatureIsFalse() {
        IdentityKeys keys = identities.generate(random);
        byte[] signature = identities.sign(keys, new byte[0]);
        BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64)).add(ORDER);
        byte[] second = signature.clone();
        System.arraycopy(littleEndian(s), 0, second, 32, 32);
        assertNotEquals(Vectors.hex(signature), Vectors.hex(second));
        assertFalse(identities.verify(keys.identity(), new byte[0], second));
    }

    /** Under the neutral element, [S]B = R verifies for every text. */
    @Test
    void aForgeryUnderTheNeutralElementIsFalse() {
        byte[] seed = new byte[32];
        byte[] forged = Arrays.copyOf(Curves.signingPublic(seed), 64);
        System.arraycopy(littleEndian(scalar(seed).mod(ORDER)), 0, forged, 32, 32);
        byte[] neutral = new byte[32];
        neutral[0] = 1;
        assertFalse(identities.verify(withSigning(neutral), "any text".getBytes(StandardCharsets.US_ASCII), forged));
    }

    /**
     * A persona's key plus the point of order two, (0, -1): (-x, -y). Without the check, half of the texts would
     * verify.
     */
    @Test
    void aKeyOutsideTheGroupOfPrimeOrderSignsNothing() {
        byte[] seed = filled(7);
        byte[] nonceSeed = filled(8);
        byte[] key = Curves.signingPublic(seed);
        int sign = key[31] & 0x80;
        key[31] ^= (byte) sign;
        byte[] outside = littleEndian(FIELD.subtract(littleEndian(key)));
        outside[31] |= (byte) (sign ^ 0x80);
        int verifiedWithout = 0;
        for (int i = 0; i < 16; i++) {
            byte[] text = {(byte) i};
            byte[] signature = Arrays.copyOf(Curves.signingPublic(nonceSeed), 64);
            MessageDigest sha512 = sha512();
            sha512.update(signature, 0, 32);
            sha512.update(outside);
            BigInteger k = littleEndian(sha512.digest(text));
            BigInteger s = scalar(nonceSeed).add(k.multiply(scalar(seed))).mod(ORDER);
            System.arraycopy(littleEndian(s), 0, signature, 32, 32);
            verifiedWithout += Ed25519.verify(signature, 0, outside, 0, text, 0, 1) ? 1 : 0;
            assertFalse(identities.verify(withSigning(outside), text, signature));
        }
        assertTrue(verifiedWithout > 0, "the signatures are right but for the key");
    }

    /** The private scalar of a seed: RFC 8032, 5.1.5. */
    private static BigInteger scalar(byte[] seed) {
        byte[] hash = sha512().digest(seed);
        hash[0] &= (byte) 248;
        hash[31] = (byte) (hash[31] & 63 | 64);
        return littleEndian(Arrays.copyOf(hash, 32));
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void aSigningKeyOfLowOrderSignsNothing(String key) {
        assertFalse(Curves.isSigningKey(Vectors.hex(key)));
        byte[] signature = identities.sign(Vectors.keys(identities, "alice"), new byte[1]);
        assertFalse(identities.verify(withSigning(Vectors.hex(key)), new byte[1], signature));
        assertFalse(identities.verify(withSigning(Vectors.hex(key)), new byte[1], new byte[64]));
    }

    /** Euler's criterion for the curve's equation tells which y have an x: RFC 8032, 5.1.3. */
    @Test
    void whatIsNoPointSignsNothing() {
        BigInteger d = BigInteger.valueOf(-121665)
                .multiply(BigInteger.valueOf(121666).modInverse(FIELD))
                .mod(FIELD);
        int refused = 0;
        for (int y = 2; y < 60; y++) {
            BigInteger square = BigInteger.valueOf(y).pow(2);
            BigInteger x2 = square.subtract(BigInteger.ONE)
                    .multiply(square.multiply(d).add(BigInteger.ONE).modInverse(FIELD))
                    .mod(FIELD);
            boolean point = x2.modPow(FIELD.subtract(BigInteger.ONE).shiftRight(1), FIELD)
                    .equals(BigInteger.ONE);
            if (!point) {
                byte[] key = littleEndian(BigInteger.valueOf(y));
                assertFalse(identities.verify(withSigning(key), new byte[0], new byte[64]));
                assertFalse(Curves.isSigningKey(key));
                refused++;
            }
        }
        assertTrue(refused > 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000080"
            })
    void anAgreementKeyOfLowOrderIsNone(String key) {
        assertFalse(Curves.isAgreementKey(Vectors.hex(key)));
    }

    @Test
    void keysOfAnHonestPersonaAreGood() {
        for (int i = 0; i < 50; i++) {
            PublicIdentity identity = identities.generate(random).identity();
            assertTrue(Curves.isSigningKey(identity.signing()));
            assertTrue(Curves.isAgreementKey(identity.agreement()));
            byte[] disguised = identity.agreement().clone();
            disguised[31] |= (byte) 0x80;
            assertFalse(Curves.isAgreementKey(disguised));
        }
    }

    @Test
    void twoPartiesSeeOneSafetyNumberAndNobodyElseDoes() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            PublicIdentity one = identities.generate(random).identity();
            PublicIdentity other = identities.generate(random).identity();
            String number = identities.safetyNumber(one, other);
            assertEquals(number, identities.safetyNumber(other, one));
            assertTrue(number.matches("[0-9]{5}( [0-9]{5}){11}"), number);
            assertTrue(seen.add(number));
            PublicIdentity between = new PublicIdentity(other.signing(), one.agreement());
            assertNotEquals(number, identities.safetyNumber(one, between));
        }
    }

    /** Bytes from 0x80 up are greater than the others. */
    @Test
    void theOrderOfTheKeysIsUnsigned() {
        PublicIdentity low = new PublicIdentity(filled(0x01), filled(0x02));
        PublicIdentity high = new PublicIdentity(filled(0x81), filled(0x02));
        MessageDigest sha512 = sha512();
        for (byte[] key : new byte[][] {low.signing(), low.agreement(), high.signing(), high.agreement()}) {
            sha512.update(key);
        }
        BigInteger first = new BigInteger(1, Arrays.copyOf(sha512.digest(), 5));
        int group = first.mod(BigInteger.valueOf(100_000)).intValue();
        assertEquals(group, Integer.parseInt(identities.safetyNumber(high, low).substring(0, 5)));
    }

    @Test
    void aRotationIsReadByWhoKnowsTheOldKeys() {
        for (Network network : Network.values()) {
            for (boolean compromised : new boolean[] {false, true}) {
                IdentityKeys old = identities.generate(random);
                IdentityKeys next = identities.generate(random);
                byte[] body = identities.rotation(network, old, next, compromised);
                assertEquals(210, body.length);
                assertEquals(3, body[0]);
                Rotation rotation =
                        identities.openRotation(network, old.identity(), body).orElseThrow();
                assertEquals(next.identity(), rotation.identity());
                assertArrayEquals(next.inboxSecret().expose(), rotation.inboxSecret());
                assertEquals(compromised, rotation.compromised());
                for (Network elsewhere : Network.values()) {
                    assertEquals(
                            elsewhere == network,
                            identities
                                    .openRotation(elsewhere, old.identity(), body)
                                    .isPresent());
                }
                assertTrue(identities
                        .openRotation(network, identities.generate(random).identity(), body)
                        .isEmpty());
                PublicIdentity half = new PublicIdentity(
                        old.identity().signing(), next.identity().agreement());
                assertTrue(identities.openRotation(network, half, body).isEmpty());
            }
        }
    }

    @Test
    void everyChangedBitOfARotationIsNoticed() {
        IdentityKeys old = identities.generate(random);
        byte[] body = identities.rotation(Network.REGTEST, old, identities.generate(random), false);
        for (int bit = 0; bit < 8 * body.length; bit++) {
            assertTrue(identities
                    .openRotation(Network.REGTEST, old.identity(), flipped(body, bit))
                    .isEmpty());
        }
    }

    @Test
    void aRotationOfAnyOtherLengthIsRefused() {
        IdentityKeys old = identities.generate(random);
        byte[] body = identities.rotation(Network.REGTEST, old, identities.generate(random), false);
        for (int length = 0; length < 300; length++) {
            assertEquals(
                    length == 210,
                    identities
                            .openRotation(Network.REGTEST, old.identity(), Arrays.copyOf(body, length))
                            .isPresent());
        }
    }

    /** Someone who has only the old keys, or only the new keys, cannot move the other side to keys of their choice. */
    @Test
    void oneOfTheTwoSignaturesIsNotEnough() {
        IdentityKeys old = identities.generate(random);
        IdentityKeys next = identities.generate(random);
        IdentityKeys thief = identities.generate(random);
        IdentityKeys claimsOld = mixed(thief, old.identity());
        IdentityKeys claimsNext = mixed(thief, next.identity());
        assertTrue(identities
                .openRotation(
                        Network.REGTEST, old.identity(), identities.rotation(Network.REGTEST, claimsOld, next, true))
                .isEmpty());
        assertTrue(identities
                .openRotation(
                        Network.REGTEST, old.identity(), identities.rotation(Network.REGTEST, old, claimsNext, true))
                .isEmpty());
    }

    @Test
    void anUnknownReasonIsRefusedHoweverWellSigned() {
        IdentityKeys old = identities.generate(random);
        IdentityKeys next = identities.generate(random);
        for (int reason = 0; reason < 256; reason++) {
            byte[] body = identities.rotation(Network.REGTEST, old, next, false);
            body[81] = (byte) reason;
            byte[] input = ByteBuffer.allocate(19 + 1 + 64 + 64 + 16 + 1)
                    .put("partyline/2 rotate\0".getBytes(StandardCharsets.US_ASCII))
                    .put(Network.REGTEST.code())
                    .put(old.identity().signing())
                    .put(old.identity().agreement())
                    .put(body, 1, 81)
                    .array();
            System.arraycopy(identities.sign(old, input), 0, body, 82, 64);
            System.arraycopy(identities.sign(next, input), 0, body, 146, 64);
            assertEquals(
                    reason < 2,
                    identities
                            .openRotation(Network.REGTEST, old.identity(), body)
                            .isPresent());
        }
    }

    @Test
    void aRotationToKeysThatNobodyCanUseIsRefused() {
        IdentityKeys old = identities.generate(random);
        IdentityKeys next = identities.generate(random);
        IdentityKeys useless = mixed(next, new PublicIdentity(next.identity().signing(), new byte[32]));
        byte[] body = identities.rotation(Network.REGTEST, old, useless, false);
        assertTrue(
                identities.openRotation(Network.REGTEST, old.identity(), body).isEmpty());
    }

    @Test
    void nothingShowsWhatItHolds() {
        IdentityKeys keys = identities.generate(random);
        byte[] body = identities.rotation(Network.REGTEST, keys, identities.generate(random), false);
        Rotation rotation =
                identities.openRotation(Network.REGTEST, keys.identity(), body).orElseThrow();
        assertEquals("IdentityKeys", keys.toString());
        assertEquals("PublicIdentity", keys.identity().toString());
        assertEquals("Rotation", rotation.toString());
    }

    @Test
    void closedKeysSignNothing() {
        IdentityKeys keys = identities.generate(random);
        byte[] seed = keys.signingSeed().expose();
        keys.close();
        assertArrayEquals(new byte[32], seed);
        assertThrows(IllegalStateException.class, () -> identities.sign(keys, new byte[0]));
    }

    private static IdentityKeys mixed(IdentityKeys secrets, PublicIdentity identity) {
        return new IdentityKeys(secrets.signingSeed(), secrets.agreementPrivate(), secrets.inboxSecret(), identity);
    }

    private static byte[] filled(int value) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) value);
        return key;
    }

    static byte[] flipped(byte[] bytes, int bit) {
        byte[] changed = bytes.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        return changed;
    }

    private static BigInteger littleEndian(byte[] bytes) {
        return new BigInteger(1, reversed(bytes));
    }

    private static byte[] littleEndian(BigInteger value) {
        byte[] big = value.toByteArray();
        byte[] little = new byte[32];
        for (int i = 0; i < big.length && i < 32; i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
