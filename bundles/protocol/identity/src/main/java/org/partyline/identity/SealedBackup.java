package org.partyline.identity;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.identity.BackupFile;

/** Seals and opens backup files ({@link BackupHeader} has the layout). */
@Component
public final class SealedBackup implements BackupFile {
    private final SecureRandom random;
    private final KdfParameters parameters;

    /** The key derivations that are running, with their service properties. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    volatile List<Map.Entry<Map<String, Object>, KeyDerivation>> derivations = List.of();

    /** The ciphers that are running, with their service properties. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    volatile List<Map.Entry<Map<String, Object>, AeadSuite>> suites = List.of();

    /** For Declarative Services. */
    @Activate
    public SealedBackup() {
        this(new SecureRandom(), KdfParameters.ARGON2ID_DEFAULT);
    }

    /** @param parameters of Argon2id, for new backups */
    SealedBackup(SecureRandom random, KdfParameters parameters) {
        this.random = random;
        this.parameters = parameters;
    }

    @Override
    public byte[] seal(SecretBytes content, char[] passphrase) throws DamagedBackupException {
        PassphraseBytes.checkNew(passphrase);
        if (content.length() > BackupHeader.MAX_CONTENT) {
            throw new DamagedBackupException("a backup can hold " + BackupHeader.MAX_CONTENT
                    + " bytes, but this one would have " + content.length() + ": delete unneeded data first");
        }
        KeyDerivation derivation = derivation();
        AeadSuite suite = suite();
        int sealedLength = Padme.paddedLength(content.length()) + AeadId.TAG_LENGTH;
        BackupHeader header = new BackupHeader(
                parameters,
                random(BackupHeader.SALT_LENGTH),
                random(AeadId.XCHACHA20_POLY1305.nonceLength()),
                sealedLength);
        byte[] head = header.encode();
        byte[] padded = Padme.pad(content.expose());
        try (SecretBytes key = key(derivation, header, passphrase)) {
            byte[] sealed = suite.seal(key.expose(), header.nonce(), head, padded);
            return ByteBuffer.allocate(head.length + sealed.length)
                    .put(head)
                    .put(sealed)
                    .array();
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }

    @Override
    public SecretBytes open(byte[] file, char[] passphrase) throws DamagedBackupException {
        BackupHeader header = BackupHeader.of(file);
        KeyDerivation derivation = derivation();
        AeadSuite suite = suite();
        byte[] head = Arrays.copyOf(file, BackupHeader.LENGTH);
        byte[] sealed = Arrays.copyOfRange(file, BackupHeader.LENGTH, file.length);
        byte[] padded = new byte[0];
        try (SecretBytes key = key(derivation, header, passphrase)) {
            padded = suite.open(key.expose(), header.nonce(), head, sealed);
            return SecretBytes.wrap(Padme.unpad(padded)
                    .orElseThrow(() -> new DamagedBackupException(
                            "the backup contains unexpected data: it was not made by this program")));
        } catch (AuthenticationFailedException e) {
            // The cause would add nothing.
            throw new DamagedBackupException(
                    "the passphrase is wrong or the backup is damaged: type the passphrase again, then try another copy");
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }

    private static SecretBytes key(KeyDerivation derivation, BackupHeader header, char[] passphrase)
            throws DamagedBackupException {
        byte[] secret = PassphraseBytes.encode(passphrase);
        try {
            return derivation.derive(secret, header.salt(), header.parameters(), AeadId.KEY_LENGTH);
        } catch (IllegalArgumentException e) {
            // The only remaining reason: more memory than this process may use.
            throw new DamagedBackupException("the backup's key cannot be derived: " + e.getMessage());
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private KeyDerivation derivation() throws DamagedBackupException {
        return best(derivations, derivation -> derivation.id().equals(KdfId.ARGON2ID))
                .orElseThrow(() -> missing("Argon2id", "kdf-argon2id"));
    }

    private AeadSuite suite() throws DamagedBackupException {
        return best(suites, suite -> suite.id().equals(AeadId.XCHACHA20_POLY1305))
                .orElseThrow(() -> missing("XChaCha20-Poly1305", "aead-xchacha20poly1305"));
    }

    private static DamagedBackupException missing(String algorithm, String bundle) {
        return new DamagedBackupException(
                "a backup requires " + algorithm + ", which is not running: start the bundle org.partyline." + bundle);
    }

    /** The service with the highest ranking. */
    private static <S> Optional<S> best(List<Map.Entry<Map<String, Object>, S>> services, Predicate<S> wanted) {
        return services.stream()
                .filter(entry -> wanted.test(entry.getValue()))
                .max(Comparator.comparingInt(entry -> ranking(entry.getKey())))
                .map(Map.Entry::getValue);
    }

    private static int ranking(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }
}
