package org.partyline.vault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.partyline.api.Faults;
import org.partyline.api.PrivateFile;
import org.partyline.api.ServerHome;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tokens in files of mode 0600, in a directory of mode 0700 outside the home: the user's state directory (XDG
 * Base Directory Specification), or the configured one. An invalid value is rejected with a line in the log, and the
 * last valid one stays in use.
 */
@Component(
        service = {TokenPlace.class, TokenDirectory.class, SettingsDeclaration.class},
        configurationPid = TokenDirectory.PID)
public final class TokenDirectory implements TokenPlace, SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.continuity";

    private static final String AUTO = "auto";

    private static final Logger LOG = LoggerFactory.getLogger(TokenDirectory.class);
    private static final int LONGEST = 4096;
    private static final int LONGEST_FILE = 256;
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private final Path home;
    private final Optional<Path> standard;
    /** Empty if no directory is configured, and the user has none for state. */
    private volatile Optional<Path> directory;

    private final Setting<Optional<Path>> setting = Setting.text(
                    "directory", AUTO, "auto, or an absolute path outside of the home", this::parse)
            .unit("path")
            .says("Private directory outside the home for the token that identifies old copies of the home: "
                    + "auto ($XDG_STATE_HOME/partyline, or ~/.local/state/partyline), or an absolute path.");

    /** For Declarative Services. */
    @Activate
    public TokenDirectory(BundleContext context, Map<String, Object> properties) {
        this(ServerHome.of(context::getProperty), System::getenv, System.getProperty("user.home", ""), properties);
    }

    /**
     * @param home of the server
     * @param environment returns the value of a variable, or null
     * @param userHome empty if there is none
     */
    public TokenDirectory(
            Path home, UnaryOperator<String> environment, String userHome, Map<String, Object> properties) {
        this.home = real(home);
        this.standard = standard(environment, userHome);
        this.directory = standard;
        accept(properties);
    }

    private static Optional<Path> standard(UnaryOperator<String> environment, String userHome) {
        return absolute(environment.apply("XDG_STATE_HOME"))
                .or(() -> absolute(userHome).map(user -> user.resolve(".local/state")))
                .map(state -> state.resolve("partyline"));
    }

    /**
     * The specification says that relative paths are ignored; for a user without a home, Java reports "?" or nothing.
     */
    private static Optional<Path> absolute(String text) {
        try {
            return Optional.ofNullable(text).map(Path::of).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    @Modified
    public void modified(Map<String, Object> properties) {
        accept(properties);
    }

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "How a restored old copy of the home is detected.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(setting);
    }

    private void accept(Map<String, Object> properties) {
        try {
            directory = setting.in(properties);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", PID, e.getMessage());
        }
    }

    private Optional<Path> parse(String text) {
        if (text.equals(AUTO)) {
            return standard;
        }
        String wanted = "it must be auto, or an absolute path of at most " + LONGEST + " characters";
        if (text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(wanted);
        }
        Path path = absolute(text).orElseThrow(() -> new IllegalArgumentException(wanted));
        if (isInHome(path)) {
            throw new IllegalArgumentException(
                    "it is inside the server's home and would be restored with an old copy of it: choose one outside");
        }
        return Optional.of(path.normalize());
    }

    private boolean isInHome(Path path) {
        return real(path).startsWith(home);
    }

    /** Resolves the symbolic links of the part of a path that exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path there = absolute; there != null; there = there.getParent()) {
            try {
                return there.toRealPath().resolve(there.relativize(absolute)).normalize();
            } catch (IOException e) {
                LOG.trace("{} does not exist: {}", there, Faults.reason(e));
            }
        }
        return absolute;
    }

    @Override
    public String where() {
        return directory
                .map(path -> "in " + path)
                .orElse("outside the home, because neither XDG_STATE_HOME nor a home directory of the user is known");
    }

    @Override
    public Optional<String> weakness() {
        return directory
                .filter(this::isInHome)
                .map(path -> "the token that identifies old copies of the home is inside the home (" + path
                        + ") and would be restored with one: set directory in " + PID
                        + ".cfg to a directory outside");
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        if (directory.isEmpty()) {
            return Optional.empty();
        }
        Path file = directory.get().resolve(name);
        try {
            if (Files.size(file) > LONGEST_FILE) {
                return Optional.of(new byte[0]);
            }
            return Optional.of(HexFormat.of()
                    .parseHex(
                            Files.readString(file, StandardCharsets.ISO_8859_1).strip()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(new byte[0]);
        } catch (IOException e) {
            throw new IOException(reason(e), e);
        }
    }

    @Override
    public void write(String name, byte[] token) throws IOException {
        Path there = directory.orElseThrow(() -> new IOException("there is no such directory"));
        try {
            Files.createDirectories(there, PosixFilePermissions.asFileAttribute(PRIVATE));
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(there);
            if (!PRIVATE.containsAll(modes)) {
                // Not changed by us: it may be a directory that others need.
                throw new IOException("other users can enter it (" + PosixFilePermissions.toString(modes)
                        + "): set its mode to 0700, or name one that belongs to this user only");
            }
            PrivateFile.write(there.resolve(name), HexFormat.of().formatHex(token) + "\n");
        } catch (UnsupportedOperationException e) {
            throw new IOException("its file system does not support permissions", e);
        } catch (FileSystemException e) {
            throw new IOException(reason(e), e);
        }
    }

    /** Overwrites a token and deletes it; does nothing if there is none. */
    void erase(String name) throws IOException {
        if (directory.isPresent()) {
            PrivateFile.delete(directory.get().resolve(name));
        }
    }

    /** In words: the system's message is often only the path. */
    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "this user cannot use it";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return e.getClass().getSimpleName();
    }
}
