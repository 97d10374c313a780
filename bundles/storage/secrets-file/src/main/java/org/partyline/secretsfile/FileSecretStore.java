package org.partyline.secretsfile;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.SecretBytes;
import org.partyline.api.ServerHome;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.secrets.SecretStore;

/**
 * Keeps secrets in one file of mode 0600 ({@link SecretsEnvelope}), rewritten completely each time. Nothing of it stays
 * in memory between calls, so each call derives a key.
 */
@Component(property = SecretStore.NAME_PROPERTY + "=" + FileSecretStore.NAME, configurationPid = FileSettings.PID)
public final class FileSecretStore implements SecretStore {
    static final String NAME = "file";

    private static final String DIRECTORY_NAME = "secrets";

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9.-]{1," + Secrets.MOST_KEY + "}");
    private static final int MOST_BYTES = 1 << 20;
    private static final String WHAT = "the secrets file";
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private final Path directory;
    private final Path file;
    private final PassphraseSource source;
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
    public FileSecretStore(BundleContext context, Map<String, Object> settings) {
        this(
                ServerHome.of(context::getProperty),
                new PassphraseSource(
                        FileSettings.PASSPHRASE_FILE.text(settings),
                        Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY"))),
                new SecureRandom(),
                KdfParameters.ARGON2ID_DEFAULT);
    }

    FileSecretStore(Path home, PassphraseSource source, SecureRandom random, KdfParameters parameters) {
        this.directory = home.resolve(DIRECTORY_NAME);
        this.file = directory.resolve("secrets.plsec");
        this.source = source;
        this.random = random;
        this.parameters = parameters;
    }

    /** The directory of the file. */
    static Path directory(BundleContext context) {
        return ServerHome.of(context::getProperty).resolve(DIRECTORY_NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public synchronized Availability availability() {
        try {
            derivation();
            suite();
            UserPrincipal us = prepare();
            source.read(us).close();
            Arrays.fill(content(us).orElse(new byte[0]), (byte) 0);
            return new Availability(true, "");
        } catch (SecretStoreException e) {
            return new Availability(false, e.getMessage());
        }
    }

    @Override
    public synchronized void put(String key, SecretBytes value) throws SecretStoreException {
        check(key);
        if (value.length() > Secrets.MOST_VALUE) {
            throw new IllegalArgumentException(
                    "a secret has at most " + Secrets.MOST_VALUE + " bytes, not " + value.length());
        }
        UserPrincipal us = prepare();
        try (SecretBytes passphrase = source.read(us);
                Secrets secrets = open(us, passphrase)) {
            secrets.put(key, value);
            if (secrets.size() > Secrets.MOST_SECRETS) {
                throw new SecretStoreException(
                        WHAT + " already holds " + Secrets.MOST_SECRETS + " secrets: delete one first");
            }
            write(secrets, passphrase);
        }
    }

    @Override
    public synchronized Optional<SecretBytes> get(String key) throws SecretStoreException {
        check(key);
        UserPrincipal us = prepare();
        try (SecretBytes passphrase = source.read(us);
                Secrets secrets = open(us, passphrase)) {
            return secrets.get(key);
        }
    }

    @Override
    public synchronized void delete(String key) throws SecretStoreException {
        check(key);
        UserPrincipal us = prepare();
        if (content(us).isEmpty()) {
            // Nothing is stored, so deleting needs no passphrase.
            return;
        }
        try (SecretBytes passphrase = source.read(us);
                Secrets secrets = open(us, passphrase)) {
            if (!secrets.remove(key)) {
                return;
            }
            if (secrets.size() > 0) {
                write(secrets, passphrase);
            } else {
                deleteFile();
            }
        }
    }

    private static void check(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("the key of a secret must have 1 to " + Secrets.MOST_KEY
                    + " letters, digits, hyphens and dots, not '" + key.replaceAll("\\p{Cntrl}", "?") + "'");
        }
    }

    /** Creates the directory, or checks that nobody else can put a file there. @return this process's user */
    private UserPrincipal prepare() throws SecretStoreException {
        try {
            Files.createDirectories(directory.getParent());
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
            }
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new SecretStoreException(directory + " is not a directory: remove it");
            }
            UserPrincipal us = whoWeAre();
            UserPrincipal owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(us)) {
                throw new SecretStoreException(directory + " belongs to " + owner.getName()
                        + ", but the server runs as " + us.getName() + ": change its owner with chown");
            }
            Files.setPosixFilePermissions(directory, DIRECTORY);
            return us;
        } catch (IOException e) {
            throw unusable(e);
        } catch (UnsupportedOperationException e) {
            throw new SecretStoreException(
                    "the file system of " + directory + " does not support owners and permissions: use the keyring", e);
        }
    }

    /** The owner of new files. */
    private UserPrincipal whoWeAre() throws IOException {
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path ours = Files.createTempFile(directory, ".us", "", mode);
        try {
            return Files.getOwner(ours, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.deleteIfExists(ours);
        }
    }

    private SecretStoreException unusable(IOException cause) {
        return new SecretStoreException(
                "the directory " + directory + " cannot be used: give this user write permission", cause);
    }

    private Optional<byte[]> content(UserPrincipal us) throws SecretStoreException {
        try {
            return Optional.of(PrivateFileReader.read(WHAT, file, us, MOST_BYTES));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** The secrets of the file; empty without a file. */
    private Secrets open(UserPrincipal us, SecretBytes passphrase) throws SecretStoreException {
        Optional<byte[]> content = content(us);
        if (content.isEmpty()) {
            return new Secrets();
        }
        byte[] plain = new byte[0];
        try {
            plain = SecretsEnvelope.decode(content.get()).open(passphrase, derivation(), suite());
            return Secrets.decode(plain);
        } catch (AuthenticationFailedException e) {
            // The cause would add nothing.
            throw new SecretStoreException(WHAT + " " + file
                    + " does not open: its passphrase is different, or the file was changed; delete it to start anew");
        } catch (KdfMemoryException e) {
            throw noMemory(e);
        } catch (KdfLimitsException e) {
            throw new SecretStoreException(
                    WHAT + " " + file + " is damaged or was changed: " + e.getMessage() + "; delete it to start anew",
                    e);
        } catch (IllegalArgumentException e) {
            throw new SecretStoreException(WHAT + " " + file + " is damaged: delete it to start anew", e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private void write(Secrets secrets, SecretBytes passphrase) throws SecretStoreException {
        byte[] plain = secrets.encode();
        try {
            SecretsEnvelope sealed = SecretsEnvelope.seal(plain, passphrase, parameters, derivation(), suite(), random);
            org.partyline.api.PrivateFile.write(file, sealed.encode());
        } catch (KdfMemoryException e) {
            throw noMemory(e);
        } catch (IOException e) {
            throw new SecretStoreException(WHAT + " " + file + " cannot be written: check whether the disk is full", e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private SecretStoreException noMemory(KdfMemoryException cause) {
        return new SecretStoreException(WHAT + " " + file + " needs more memory: " + cause.getMessage(), cause);
    }

    private void deleteFile() throws SecretStoreException {
        try {
            org.partyline.api.PrivateFile.delete(file);
        } catch (IOException e) {
            throw new SecretStoreException(WHAT + " " + file + " cannot be deleted: delete it by hand", e);
        }
    }

    private KeyDerivation derivation() throws SecretStoreException {
        return best(derivations, derivation -> derivation.id().equals(SecretsEnvelope.DERIVATION))
                .orElseThrow(() -> new SecretStoreException(
                        "the key derivation " + SecretsEnvelope.DERIVATION + " is not running: start its bundle"));
    }

    private AeadSuite suite() throws SecretStoreException {
        return best(suites, suite -> suite.id().equals(SecretsEnvelope.CIPHER))
                .orElseThrow(() -> new SecretStoreException(
                        "the cipher " + SecretsEnvelope.CIPHER + " is not running: start its bundle"));
    }

    /** The service with the highest ranking. */
    private static <T> Optional<T> best(
            List<Map.Entry<Map<String, Object>, T>> services, java.util.function.Predicate<T> wanted) {
        return services.stream()
                .filter(entry -> wanted.test(entry.getValue()))
                .max(java.util.Comparator.comparingInt(entry -> ranking(entry.getKey())))
                .map(Map.Entry::getValue);
    }

    private static int ranking(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }
}
