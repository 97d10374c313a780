package org.partyline.secretskeyring;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.partyline.api.SecretBytes;
import org.partyline.api.ServerHome;
import org.partyline.api.secrets.SecretStore;

/**
 * Keeps secrets in the desktop's keyring. Each operation opens a new connection, since desktop sessions come and go
 * while a server runs. A secret is identified by the server's home and its key, so that the servers of one user do not
 * share secrets.
 */
@Component(property = SecretStore.NAME_PROPERTY + "=" + KeyringSecretStore.NAME, configurationPid = KeyringSettings.PID)
public final class KeyringSecretStore implements SecretStore {
    static final String NAME = "keyring";

    private static final int MOST_VALUE = 4096;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9.-]{1,100}");

    private final String home;
    private final UnaryOperator<String> environment;
    private final SecureRandom random;
    private final Duration timeout;
    private final Connector connector;
    private final KeyringTimeout deadline = new KeyringTimeout();

    /** For Declarative Services. */
    @Activate
    public KeyringSecretStore(BundleContext context, Map<String, Object> settings) {
        this(
                ServerHome.of(context::getProperty),
                System::getenv,
                new SecureRandom(),
                KeyringSettings.TIMEOUT.in(settings),
                SessionBusCalls::connect);
    }

    KeyringSecretStore(
            Path home, UnaryOperator<String> environment, SecureRandom random, Duration timeout, Connector connector) {
        this.connector = connector;
        this.home = home.toString();
        this.environment = environment;
        this.random = random;
        this.timeout = timeout;
    }

    @Deactivate
    void stop() {
        deadline.close();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        try {
            ask(SecretService::openCollection);
            return new Availability(true, "");
        } catch (SecretStoreException e) {
            return new Availability(false, e.getMessage());
        }
    }

    @Override
    public void put(String key, SecretBytes value) throws SecretStoreException {
        Map<String, String> attributes = attributes(key);
        if (value.length() > MOST_VALUE) {
            throw new IllegalArgumentException("a secret has at most " + MOST_VALUE + " bytes, not " + value.length());
        }
        // A copy that stays intact while an abandoned call hangs.
        SecretBytes copy = value.copy();
        AtomicBoolean taken = new AtomicBoolean();
        try {
            ask(service -> {
                if (!taken.compareAndSet(false, true)) {
                    throw new SecretStoreException("the keyring was asked too late: try again");
                }
                try (copy) {
                    service.put(attributes, "Mempool Partyline: " + key + " of " + home, copy.expose());
                    return Optional.empty();
                }
            });
        } finally {
            // If the keyring was not even reached.
            if (taken.compareAndSet(false, true)) {
                copy.close();
            }
        }
    }

    @Override
    public Optional<SecretBytes> get(String key) throws SecretStoreException {
        Map<String, String> attributes = attributes(key);
        return ask(service -> service.get(attributes));
    }

    @Override
    public void delete(String key) throws SecretStoreException {
        Map<String, String> attributes = attributes(key);
        ask(service -> {
            service.delete(attributes);
            return Optional.empty();
        });
    }

    private Map<String, String> attributes(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "the key of a secret must have 1 to 100 letters, digits, hyphens and dots, not '"
                            + key.replaceAll("\\p{Cntrl}", "?") + "'");
        }
        return Map.of("xdg:schema", "org.partyline.Secret", "home", home, "key", key);
    }

    private <T> T ask(Question<T> question) throws SecretStoreException {
        String address = SessionBus.address(environment)
                .orElseThrow(() -> new SecretStoreException(
                        "there is no D-Bus session bus, so no keyring: start the server in a desktop session, or keep "
                                + "secrets in the file"));
        return deadline.run(timeout, () -> {
            try (SecretService service = new SecretService(connector.connect(address, timeout), random)) {
                return question.ask(service);
            }
        });
    }

    /** Connects to a session bus. */
    interface Connector {
        SecretService.Calls connect(String address, Duration patience) throws SecretStoreException;
    }

    /** A request within one connection. */
    private interface Question<T> {
        T ask(SecretService service) throws SecretStoreException;
    }
}
