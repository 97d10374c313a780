package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.bytes;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;

/** The classes that seal, each alone. */
class SealingTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static byte[] changed(byte[] original, int at) {
        byte[] copy = original.clone();
        copy[at] ^= 1;
        return copy;
    }

    @Test
    void aSealedValueOpensInItsPlaceOnlyAndOnlyUnchanged() throws Exception {
        byte[] storeKey = new byte[32];
        RANDOM.nextBytes(storeKey);
        try (StoreKeys keys = new StoreKeys(storeKey, RANDOM);
                StoreKeys same = new StoreKeys(storeKey, RANDOM);
                StoreKeys other = new StoreKeys(new byte[32], RANDOM)) {
            byte[] sealed = keys.seal(bytes("here"), bytes("secret"));
            assertArrayEquals(bytes("secret"), same.open(bytes("here"), sealed));
            assertThrows(AEADBadTagException.class, () -> keys.open(bytes("there"), sealed));
            assertThrows(AEADBadTagException.class, () -> other.open(bytes("here"), sealed));
            for (int i = 0; i < sealed.length; i++) {
                byte[] damaged = changed(sealed, i);
                assertThrows(AEADBadTagException.class, () -> keys.open(bytes("here"), damaged));
            }
            for (int length : new int[] {0, 16, 32, 95}) {
                assertThrows(AEADBadTagException.class, () -> keys.open(bytes("here"), Arrays.copyOf(sealed, length)));
            }
        }
    }

    @Test
    void indexValuesAreKeyedAndTellTablesKeysAndGroupsApart() {
        try (StoreKeys keys = new StoreKeys(new byte[32], RANDOM);
                StoreKeys other = new StoreKeys(changed(new byte[32], 0), RANDOM)) {
            byte[] table = keys.tableIndex("t");
            assertEquals(16, table.length);
            assertArrayEquals(table, keys.tableIndex("t"));
            assertFalse(Arrays.equals(table, other.tableIndex("t")));
            assertFalse(Arrays.equals(table, keys.tableIndex("u")));
            assertFalse(Arrays.equals(keys.keyIndex(table, bytes("a")), keys.groupIndex(table, bytes("a"))));
            assertFalse(
                    Arrays.equals(keys.keyIndex(table, bytes("a")), keys.keyIndex(keys.tableIndex("u"), bytes("a"))));
        }
    }

    @Test
    void wipedKeysDoNothing() {
        StoreKeys keys = new StoreKeys(new byte[32], RANDOM);
        keys.close();
        assertThrows(IllegalStateException.class, () -> keys.tableIndex("t"));
        assertThrows(IllegalStateException.class, () -> keys.seal(bytes("p"), bytes("v")));
    }

    @Test
    void paddingGoesUpInStepsAndComesOffAgain() {
        for (int length : new int[] {0, 1, 59, 60, 61, 124, 125, 5000}) {
            byte[] content = new byte[length];
            Arrays.fill(content, (byte) 7);
            byte[] padded = Pad.pad(content);
            assertEquals(0, padded.length % 64);
            assertTrue(padded.length - length <= 67);
            assertArrayEquals(content, Pad.unpad(padded));
        }
        assertThrows(IllegalArgumentException.class, () -> Pad.unpad(new byte[3]));
        assertThrows(IllegalArgumentException.class, () -> Pad.unpad(new byte[] {0, 0, 0, 9, 1, 2}));
        assertThrows(IllegalArgumentException.class, () -> Pad.unpad(new byte[] {-1, 0, 0, 9, 1, 2}));
    }

    @Test
    void aRecordBodyKeepsItsParts() {
        for (Instant expires :
                new Instant[] {null, Instant.EPOCH, Instant.parse("2026-02-03T04:05:06.789Z"), Instant.MAX}) {
            RecordBody body = RecordBody.decode(new RecordBody("tä", bytes("key"), bytes("value"), expires).encode());
            assertEquals("tä", body.table());
            assertArrayEquals(bytes("key"), body.key());
            assertArrayEquals(bytes("value"), body.value());
            assertEquals(expires, body.expires());
        }
        assertThrows(IllegalArgumentException.class, () -> RecordBody.decode(new byte[14]));
    }

    @Test
    void aBoxOpensForItsOwnerOnly() throws Exception {
        KeyPair owner = CandidateBox.newKeyPair(RANDOM);
        KeyPair other = CandidateBox.newKeyPair(RANDOM);
        byte[] publicKey = owner.getPublic().getEncoded();
        byte[] privateKey = owner.getPrivate().getEncoded();
        assertEquals(CandidateBox.PUBLIC_KEY, publicKey.length);
        byte[] box = CandidateBox.seal(publicKey, bytes("packet"), RANDOM);
        assertArrayEquals(bytes("packet"), CandidateBox.open(publicKey, privateKey, box));
        assertFalse(Arrays.equals(box, CandidateBox.seal(publicKey, bytes("packet"), RANDOM)));
        assertThrows(
                AEADBadTagException.class,
                () -> CandidateBox.open(
                        other.getPublic().getEncoded(), other.getPrivate().getEncoded(), box));
        for (int i = 0; i < box.length; i++) {
            byte[] damaged = changed(box, i);
            assertThrows(AEADBadTagException.class, () -> CandidateBox.open(publicKey, privateKey, damaged));
        }
        assertThrows(AEADBadTagException.class, () -> CandidateBox.open(publicKey, privateKey, Arrays.copyOf(box, 60)));
    }

    @Test
    void aWrappedKeyOpensWithItsPassphraseAndWithNothingChanged() throws Exception {
        QuickArgon2 argon2 = new QuickArgon2();
        byte[] storeKey = new byte[32];
        RANDOM.nextBytes(storeKey);
        KeyWrap wrap = KeyWrap.wrap(storeKey, Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM);
        byte[] encoded = wrap.encode();
        assertArrayEquals(storeKey, storeKey(KeyWrap.decode(encoded), argon2));
        // Salt, nonce, sealed key: byte by byte. Changed parameters would take too long to try.
        for (int i = 7; i < encoded.length - SLOT; i++) {
            KeyWrap damaged = KeyWrap.decode(changed(encoded, i));
            assertThrows(WrongPassphraseException.class, () -> damaged.open(Bench.passphrase(), argon2));
        }
        assertThrows(StoreException.class, () -> KeyWrap.decode(Arrays.copyOf(encoded, encoded.length - 1)));
        assertThrows(StoreException.class, () -> KeyWrap.decode(Arrays.copyOf(encoded, encoded.length + 1)));
        assertThrows(StoreException.class, () -> KeyWrap.decode(changed(encoded, 0)));
    }

    /** A slot of a wrap, in bytes. */
    private static final int SLOT = 92;

    private static byte[] storeKey(KeyWrap wrap, KeyDerivation derivation) throws Exception {
        SecretBytes storeKey;
        byte[] copy;
        try (KeyWrap.Opened opened = wrap.open(Bench.passphrase(), derivation)) {
            storeKey = opened.storeKey().orElseThrow();
            copy = storeKey.expose().clone();
        }
        assertThrows(IllegalStateException.class, storeKey::expose, "wiped");
        return copy;
    }

    @Test
    void aDuressPassphraseOpensTheSecondSlotAndIsToBeAnotherOne() throws Exception {
        QuickArgon2 argon2 = new QuickArgon2();
        char[] duress = "erase all of it".toCharArray();
        byte[] storeKey = new byte[32];
        RANDOM.nextBytes(storeKey);
        KeyWrap without = KeyWrap.wrap(storeKey, Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM);
        StoreException same =
                assertThrows(StoreException.class, () -> without.withDuress(Bench.passphrase(), argon2, RANDOM));
        assertTrue(same.getMessage().contains("choose another one for duress"), same.getMessage());

        KeyWrap with = KeyWrap.decode(without.withDuress(duress, argon2, RANDOM).encode());
        assertArrayEquals(storeKey, storeKey(with, argon2));
        int before = argon2.runs.get();
        List<SecretBytes> roots = new ArrayList<>();
        try (KeyWrap.Opened opened = with.open(duress, argon2)) {
            assertTrue(opened.storeKey().isEmpty());
            roots.add(opened.next().orElseThrow().root());
            byte[] other = new byte[32];
            RANDOM.nextBytes(other);
            KeyWrap empty = with.begin(opened.next().orElseThrow(), other, RANDOM);
            assertEquals(1, argon2.runs.get() - before, "the empty store costs no derivation more");
            assertFalse(java.util.Arrays.equals(with.salt(), empty.salt()));
            try (KeyWrap.Opened again = empty.open(duress, argon2)) {
                assertArrayEquals(other, again.storeKey().orElseThrow().expose());
            }
        }
        assertThrows(IllegalStateException.class, roots.get(0)::expose, "wiped");
        StoreException taken =
                assertThrows(StoreException.class, () -> with.withPassphrase(storeKey, duress, argon2, RANDOM));
        assertTrue(taken.getMessage().contains("duress passphrase"), taken.getMessage());

        // It stays when the other slot changes, and changes when requested.
        KeyWrap changed = with.withPassphrase(storeKey, "quite another one".toCharArray(), argon2, RANDOM);
        changed.open(duress, argon2).close();
        assertThrows(WrongPassphraseException.class, () -> changed.open(Bench.passphrase(), argon2));
        KeyWrap removed = with.withoutDuress(RANDOM);
        assertThrows(WrongPassphraseException.class, () -> removed.open(duress, argon2));
        assertArrayEquals(storeKey, storeKey(removed, argon2));
    }

    @Test
    void aWrapLooksTheSameWithADuressPassphraseAndWithout() throws Exception {
        QuickArgon2 argon2 = new QuickArgon2();
        byte[] storeKey = new byte[32];
        KeyWrap without = KeyWrap.wrap(storeKey, Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM);
        KeyWrap with = without.withDuress("erase all of it".toCharArray(), argon2, RANDOM);
        KeyWrap removed = with.withoutDuress(RANDOM);
        for (KeyWrap each : List.of(without, with, removed)) {
            byte[] encoded = each.encode();
            assertEquals(39 + 2 * SLOT, encoded.length);
            // Random, or sealed: no byte is constant, and together they are spread over all values.
            byte[] second = java.util.Arrays.copyOfRange(encoded, encoded.length - SLOT, encoded.length);
            int[] zeros = {0};
            for (int i = 0; i < 200; i++) {
                byte[] again = switch (List.of(without, with, removed).indexOf(each)) {
                    case 0 ->
                        KeyWrap.wrap(storeKey, Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM)
                                .second();
                    case 1 ->
                        without.withDuress("erase all of it".toCharArray(), argon2, RANDOM)
                                .second();
                    default -> with.withoutDuress(RANDOM).second();
                };
                for (int at = 0; at < SLOT; at++) {
                    second[at] |= again[at];
                    zeros[0] += again[at] == 0 ? 1 : 0;
                }
            }
            for (byte seen : second) {
                assertEquals((byte) 0xFF, seen, "a bit that is never set");
            }
            // 18,400 bytes; each value occurs 72 times on average.
            assertTrue(zeros[0] > 20 && zeros[0] < 160, zeros[0] + " zeros");
        }
    }

    @Test
    void bothSlotsAreTriedWhateverComesOfTheFirst() throws Exception {
        // Each attempt at a slot derives its key from what this counts.
        QuickArgon2 argon2 = new QuickArgon2();
        KeyWrap wrap = KeyWrap.wrap(new byte[32], Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM)
                .withDuress("erase all of it".toCharArray(), argon2, RANDOM);
        for (String passphrase : List.of("correct horse battery", "erase all of it", "a wrong passphrase")) {
            List<Integer> tried = new java.util.ArrayList<>();
            int before = argon2.runs.get();
            try (KeyWrap.Opened opened = wrap.open(passphrase.toCharArray(), argon2, tried::add)) {
                assertTrue(opened.storeKey().isPresent() ^ opened.next().isPresent());
            } catch (WrongPassphraseException e) {
                assertEquals("a wrong passphrase", passphrase);
            }
            assertEquals(List.of(0, 1), tried, passphrase);
            assertEquals(1, argon2.runs.get() - before);
        }
    }

    /** A derivation that always returns the same key, so that only the seal itself can detect a change. */
    private static final KeyDerivation SAME_KEY = new KeyDerivation() {
        @Override
        public KdfId id() {
            return KdfId.ARGON2ID;
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            return SecretBytes.wrap(new byte[length]);
        }
    };

    @Test
    void aWrapIsBoundToTheParametersAndTheSaltThatStandBesideIt() throws Exception {
        byte[] storeKey = new byte[32];
        RANDOM.nextBytes(storeKey);
        KdfParameters parameters = new KdfParameters(KdfId.ARGON2ID, 3, 65_536, 4);
        KeyWrap wrap = KeyWrap.wrap(storeKey, Bench.passphrase(), SAME_KEY, parameters, RANDOM);
        assertArrayEquals(storeKey, storeKey(wrap, SAME_KEY));
        List<KdfParameters> others = List.of(
                new KdfParameters(KdfId.SCRYPT, 8, 32_768, 1),
                new KdfParameters(KdfId.ARGON2ID, 2, 65_536, 4),
                new KdfParameters(KdfId.ARGON2ID, 3, 65_535, 4),
                new KdfParameters(KdfId.ARGON2ID, 3, 65_536, 3));
        for (KdfParameters other : others) {
            KeyWrap changed = new KeyWrap(other, wrap.salt(), wrap.first(), wrap.second());
            assertThrows(
                    WrongPassphraseException.class,
                    () -> changed.open(Bench.passphrase(), SAME_KEY),
                    () -> "with " + other);
        }
        for (int i = 0; i < wrap.salt().length; i++) {
            KeyWrap changed = new KeyWrap(parameters, changed(wrap.salt(), i), wrap.first(), wrap.second());
            assertThrows(WrongPassphraseException.class, () -> changed.open(Bench.passphrase(), SAME_KEY));
        }
    }

    /**
     * Some public keys represent the same point: X25519 ignores the top bit (RFC 7748, section 5). The shared secret is
     * then the same, and only the binding to the encoded keys distinguishes the boxes.
     */
    @Test
    void aBoxIsBoundToBothPublicKeysAsTheyAreWritten() throws Exception {
        KeyPair owner = CandidateBox.newKeyPair(RANDOM);
        byte[] publicKey = owner.getPublic().getEncoded();
        byte[] privateKey = owner.getPrivate().getEncoded();
        byte[] box = CandidateBox.seal(publicKey, bytes("packet"), RANDOM);
        assertArrayEquals(bytes("packet"), CandidateBox.open(publicKey, privateKey, box));
        byte[] otherSender = sameShared(box, CandidateBox.PUBLIC_KEY - 1);
        assertThrows(AEADBadTagException.class, () -> CandidateBox.open(publicKey, privateKey, otherSender));
        byte[] otherOwner = sameShared(publicKey, CandidateBox.PUBLIC_KEY - 1);
        assertThrows(AEADBadTagException.class, () -> CandidateBox.open(otherOwner, privateKey, box));
    }

    private static byte[] sameShared(byte[] original, int at) {
        byte[] copy = original.clone();
        copy[at] ^= (byte) 0x80;
        return copy;
    }

    /** What a thief of the database has is the row. */
    @Test
    void theShareOfAFirstStoreComesFromMoreThanItsRow(@TempDir Path home) throws Exception {
        KeyShare.Share share = new KeyShare(home.resolve("keys"), RANDOM).next(Optional.empty());
        byte[] step = Arrays.copyOfRange(share.row(), 8, share.row().length);
        assertFalse(Arrays.equals(new byte[step.length], step));
        SecretBytes secret = share.secret();
        byte[] known = Hkdf.derive(new byte[32], step, bytes("partyline/store share"), 32);
        assertFalse(Arrays.equals(known, secret.expose()));
        assertEquals("Share", share.toString());
        share.close();
        assertThrows(IllegalStateException.class, secret::expose, "wiped");
    }

    @Test
    void anotherHomeFollowsToTheNextShareWithoutBeingSentAnything(@TempDir Path homes) throws Exception {
        KeyShare north = new KeyShare(homes.resolve("north"), RANDOM);
        KeyShare south = new KeyShare(homes.resolve("south"), RANDOM);
        north.next(Optional.empty()).close();
        Files.copy(homes.resolve("north"), homes.resolve("south"));
        // The store that was to use it is gone, as after an erasure that left the home's share.
        try (KeyShare.Share next = north.next(Optional.empty());
                KeyShare.Share same = south.of(next.row())) {
            assertArrayEquals(next.secret().expose(), same.secret().expose());
        }
        assertTrue(assertThrows(StoreException.class, () -> south.of(new byte[3]))
                .getMessage()
                .contains("damaged"));
    }

    /** A modified file must neither use up this process nor be accepted. */
    @Test
    void aWrappedKeyWithADerivationOutsideTheLimitsIsRefusedBeforeAKeyIsMade() throws Exception {
        QuickArgon2 argon2 = new QuickArgon2();
        byte[] encoded = KeyWrap.wrap(new byte[32], Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM)
                .encode();
        for (int[] bad :
                new int[][] {{1, 1, 8, 1}, {1, 255, 1 << 20, 4}, {1, 3, -1, 4}, {2, 0, 1000, 0}, {3, 8, 1024, 1}}) {
            byte[] changed = encoded.clone();
            ByteBuffer.wrap(changed)
                    .put((byte) bad[0])
                    .put((byte) bad[1])
                    .putInt(bad[2])
                    .put((byte) bad[3]);
            StoreException refusal = assertThrows(StoreException.class, () -> KeyWrap.decode(changed));
            assertTrue(refusal.getMessage().contains("key derivation"), refusal.getMessage());
        }
    }

    @Test
    void tooLittleMemoryForTheDerivationIsNamed() throws Exception {
        QuickArgon2 argon2 = new QuickArgon2();
        KeyWrap wrap = KeyWrap.wrap(new byte[32], Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM);
        argon2.memory = new KdfMemory(new KdfMemory.Heap() {
            @Override
            public long most() {
                return 1 << 20;
            }

            @Override
            public long used() {
                return 1 << 20;
            }

            @Override
            public void collect() {
                // All of it is in use.
            }
        });
        StoreException opening = assertThrows(StoreException.class, () -> wrap.open(Bench.passphrase(), argon2));
        assertTrue(opening.getMessage().endsWith("PARTYLINE_HEAP"), opening.getMessage());
        StoreException making = assertThrows(
                StoreException.class,
                () -> KeyWrap.wrap(new byte[32], Bench.passphrase(), argon2, QuickArgon2.CHEAP, RANDOM));
        assertTrue(making.getMessage().endsWith("PARTYLINE_HEAP"), making.getMessage());
    }

    @Test
    void theScheduleUndoesWhatWasNotCommitted() {
        ExpirySchedule schedule = new ExpirySchedule();
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        schedule.set(1, noon);
        schedule.set(2, noon.plusSeconds(1));
        schedule.set(3, null);
        schedule.commit();
        schedule.set(1, noon.plusSeconds(9));
        schedule.remove(2);
        schedule.set(2, noon.minusSeconds(5));
        schedule.set(4, noon);
        assertEquals(List.of(2L, 4L), schedule.due(noon));
        schedule.rollback();
        assertEquals(List.of(1L), schedule.due(noon));
        assertEquals(List.of(1L, 2L), schedule.due(noon.plusSeconds(1)));
        assertEquals(2, schedule.size());
        schedule.rollback();
        assertEquals(2, schedule.size());
    }

    @Test
    void nothingSecretIsInATextForm() throws Exception {
        RecordBody body = new RecordBody("table", bytes("key"), bytes("value"), null);
        assertEquals("RecordBody", body.toString());
        KeyWrap wrap = KeyWrap.wrap(new byte[32], Bench.passphrase(), new QuickArgon2(), QuickArgon2.CHEAP, RANDOM);
        assertTrue(wrap.toString().startsWith("KeyWrap[KdfParameters[id=ARGON2ID"), wrap.toString());
        KeyWrap.Beginning beginning = new KeyWrap.Beginning(bytes("salt"), SecretBytes.wrap(bytes("root")));
        assertEquals("Beginning", beginning.toString());
    }

    @Test
    void aTextThatWasCutOffOrChangedBeginsNoStore() {
        String text = new Head(Map.of(Meta.WRAP, bytes("wrap"))).text();
        assertArrayEquals(
                bytes("wrap"), Head.of(bytes(text)).orElseThrow().rows().get(Meta.WRAP));
        for (int length = 0; length < text.length() - 1; length++) {
            assertEquals(Optional.empty(), Head.of(bytes(text.substring(0, length))));
        }
        assertEquals(Optional.empty(), Head.of(bytes(text.replace(' ', '_'))));
        assertEquals(Optional.empty(), Head.of(bytes(text.replace(Meta.WRAP, "other"))));
    }
}
