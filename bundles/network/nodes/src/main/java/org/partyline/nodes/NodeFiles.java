package org.partyline.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.partyline.api.PrivateFile;
import org.partyline.api.engine.NoSuchThingException;

/**
 * Manages the configuration files of the nodes: one file per node, mode 0600. The watcher of the directory starts the
 * node.
 */
public final class NodeFiles {
    /** The types of this distribution's bundles, running or not. */
    private static final List<String> TYPES = List.of("rpc", "bitcoinj", "embedded");

    private static final Pattern FILE =
            Pattern.compile("org\\.partyline\\.transport\\.([a-z0-9]+)-([A-Za-z0-9][A-Za-z0-9-]{0,31})\\.cfg");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final Duration patience;

    public NodeFiles(Path directory) {
        this(directory, PATIENCE);
    }

    /** @param patience how long {@link #await} waits */
    public NodeFiles(Path directory, Duration patience) {
        this.directory = directory;
        this.patience = patience;
    }

    /** For the container's configuration directory. */
    static NodeFiles of(BundleContext context) {
        String etc = context.getProperty("karaf.etc");
        return new NodeFiles(Path.of(etc == null ? "etc" : etc));
    }

    String fileName(String name, String type) {
        return "org.partyline.transport." + type + "-" + name + ".cfg";
    }

    /** The type of a configured node; empty if there is none. */
    Optional<String> type(String name) {
        return Optional.ofNullable(types().get(name));
    }

    /** The types of all configured nodes, by name. Of any type: its bundle may be stopped. */
    Map<String, String> types() {
        Map<String, String> types = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(each -> FILE.matcher(each.getFileName().toString()))
                    .filter(Matcher::matches)
                    .forEach(found -> types.putIfAbsent(found.group(2), found.group(1)));
        } catch (IOException e) {
            return Map.of();
        }
        return types;
    }

    /**
     * @param others types of nodes that other bundles provide
     * @throws NoSuchThingException if the name or type is invalid, or the node exists
     */
    void refuseWrong(String name, String type, Collection<String> others) throws NoSuchThingException {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9-]{0,31}")) {
            throw new NoSuchThingException(
                    "'" + name + "' is not a node name: use letters, digits and hyphens, at most 32");
        }
        if (!TYPES.contains(type) && !others.contains(type)) {
            Set<String> types = new LinkedHashSet<>(TYPES);
            types.addAll(others);
            throw new NoSuchThingException(
                    "there is no node type '" + type + "': use one of " + String.join(", ", types));
        }
        if (type(name).isPresent()) {
            throw new NoSuchThingException(
                    "a node named '" + name + "' already exists: remove it first, or choose another name");
        }
    }

    void write(String name, String type, Map<String, String> settings) throws NoSuchThingException {
        StringBuilder text = new StringBuilder("# A node of Mempool Partyline. Deleting this file removes the node.\n");
        Map<String, String> all = new TreeMap<>(settings);
        all.put("name", name);
        for (Map.Entry<String, String> entry : all.entrySet()) {
            text.append(entry.getKey())
                    .append(" = ")
                    .append(escape(entry.getKey(), entry.getValue()))
                    .append('\n');
        }
        Path file = directory.resolve(fileName(name, type));
        try {
            PrivateFile.write(file, text.toString());
        } catch (IOException e) {
            throw new NoSuchThingException("the configuration file " + file.getFileName()
                    + " cannot be written: check the disk space and the directory's permissions");
        }
    }

    /** Values are plain text: anything that the reader of the file would interpret is escaped or rejected. */
    private static String escape(String key, String value) throws NoSuchThingException {
        if (value.codePoints().anyMatch(Character::isISOControl) || value.contains("${")) {
            throw new NoSuchThingException(key + " contains characters that are not allowed in a configuration");
        }
        return value.replace("\\", "\\\\");
    }

    void delete(String name, String type) throws NoSuchThingException {
        try {
            Files.deleteIfExists(directory.resolve(fileName(name, type)));
        } catch (IOException e) {
            throw new NoSuchThingException(
                    "the configuration file " + fileName(name, type) + " cannot be deleted: check its permissions");
        }
    }

    /** Waits until the watcher of the directory has done its work. */
    boolean await(BooleanSupplier done) {
        long end = System.nanoTime() + patience.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
