package org.partyline.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.identity.BackupFile.DamagedBackupException;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities.Rotation;
import org.partyline.api.identity.PublicIdentity;

/** Any card, rotation or backup is read, or rejected in the documented way. */
class IdentityFuzzTest {
    private final CurveIdentities identities = new CurveIdentities();
    private final PublicIdentity alice = Vectors.keys(identities, "alice").identity();

    @FuzzTest(maxDuration = "10m")
    void anyTextIsACardOrRefused(byte[] text) {
        checkCard(new String(text, StandardCharsets.UTF_8));
    }

    @FuzzTest(maxDuration = "10m")
    void anyDataIsACardOrRefused(byte[] data) {
        checkCard(Bech32m.encode("plcard", data));
    }

    private void checkCard(String text) {
        ContactCard card;
        try {
            card = identities.decode(text);
        } catch (IllegalArgumentException e) {
            assertEquals(1, e.getMessage().lines().count());
            return;
        }
        assertEquals(text.toLowerCase(Locale.ROOT), identities.encode(card));
    }

    @FuzzTest(maxDuration = "10m")
    void anyBodyIsARotationOrRefused(byte[] body) {
        Optional<Rotation> rotation = identities.openRotation(Network.REGTEST, alice, body);
        if (rotation.isPresent()) {
            // Nobody can sign for Alice, so it is the one of the corpus.
            assertEquals(Vectors.json("rotate.json").required("body").asText(), Vectors.hex(body));
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyKeyAndSignatureAreVerifiedOrNot(byte[] keyAndSignature) {
        byte[] key = Arrays.copyOf(keyAndSignature, 32);
        byte[] signature = keyAndSignature.length < 32
                ? keyAndSignature
                : Arrays.copyOfRange(keyAndSignature, 32, keyAndSignature.length);
        boolean good = identities.verify(new PublicIdentity(key, alice.agreement()), new byte[] {0x72}, signature);
        assertTrue(!good || signature.length == 64);
    }

    /** The cipher opens everything, so that the code behind it is tested, too. */
    @FuzzTest(maxDuration = "10m")
    void anyFileIsABackupOrRefused(byte[] file) {
        SealedBackup backups = new SealedBackup(new SeededRandom(1), KdfParameters.ARGON2ID_DEFAULT);
        backups.derivations = List.of(Map.entry(Map.of(), new QuickDerivation()));
        backups.suites = List.of(Map.entry(Map.of(), new Transparent()));
        try (SecretBytes content = backups.open(file.clone(), "correct horse battery".toCharArray())) {
            byte[] again = Padme.pad(content.expose());
            assertArrayEquals(again, Arrays.copyOfRange(file, 75, file.length - 16));
        } catch (DamagedBackupException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    private static final class Transparent implements AeadSuite {
        @Override
        public AeadId id() {
            return AeadId.XCHACHA20_POLY1305;
        }

        @Override
        public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
            return Arrays.copyOf(plaintext, plaintext.length + AeadId.TAG_LENGTH);
        }

        @Override
        public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext) {
            return Arrays.copyOf(ciphertext, ciphertext.length - AeadId.TAG_LENGTH);
        }
    }
}
