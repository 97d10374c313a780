package org.partyline.bundleguard;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import org.apache.felix.framework.BundleRevisionImpl;
import org.apache.felix.framework.cache.JarContent;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Calculates the sums of the jars from which the framework loads classes: its own copies, or files that it uses in
 * place.
 */
final class BundleSums {
    /** A file that changed within this time may change again with the same times. */
    private static final long SETTLED_MILLIS = 2_000;

    private final Map<BundleRevision, Known> known = Collections.synchronizedMap(new WeakHashMap<>());
    private final LongSupplier millis;

    BundleSums() {
        this(System::currentTimeMillis);
    }

    /** @param millis the present time in the resolution of files */
    BundleSums(LongSupplier millis) {
        this.millis = millis;
    }

    /**
     * The state of a file when its sum was calculated. The time of its last change (ctime) cannot be set by a writer.
     */
    private record State(Object key, long size, FileTime modified, FileTime changed) {
        static Optional<State> of(Path file) throws IOException {
            try {
                Map<String, Object> now = Files.readAttributes(file, "unix:fileKey,size,lastModifiedTime,ctime");
                Object key = now.get("fileKey");
                return key != null
                                && now.get("size") instanceof Long size
                                && now.get("lastModifiedTime") instanceof FileTime modified
                                && now.get("ctime") instanceof FileTime changed
                        ? Optional.of(new State(key, size, modified, changed))
                        : Optional.empty();
            } catch (UnsupportedOperationException | IllegalArgumentException e) {
                // Not supported by the file system: the file is read again if it cannot be proven unchanged.
                return Optional.empty();
            }
        }

        boolean settled(long now) {
            return now - changed.toMillis() > SETTLED_MILLIS;
        }
    }

    private record Known(State state, String sum) {}

    /**
     * The sum of a revision's code; empty if it is not a single file, which cannot be allowed.
     *
     * @throws IOException if it cannot be read
     */
    Optional<String> of(BundleRevision revision) throws IOException {
        Optional<Path> file = file(revision);
        return file.isEmpty() ? Optional.empty() : Optional.of(sum(revision, file.get()));
    }

    private String sum(BundleRevision revision, Path file) throws IOException {
        Optional<State> before = State.of(file);
        Known last = known.get(revision);
        if (last != null && before.isPresent() && last.state().equals(before.get())) {
            return last.sum();
        }
        String sum = Sha256.of(file);
        if (before.isPresent() && before.get().settled(millis.getAsLong())) {
            known.put(revision, new Known(before.get(), sum));
        }
        return sum;
    }

    private static Optional<Path> file(BundleRevision revision) {
        if (revision instanceof BundleRevisionImpl known && known.getContent() instanceof JarContent jar) {
            return Optional.ofNullable(jar.getFile()).map(File::toPath);
        }
        return Optional.empty();
    }
}
