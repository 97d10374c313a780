package org.partyline.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Overwriting;
import org.partyline.api.PartylineException;
import org.partyline.api.PrivateFile;
import org.partyline.api.ServerHome;
import org.partyline.api.panic.Erasable;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/**
 * Remembers where backups were written, so that they can be erased with the server. Their paths are in clear in the
 * store, since a locked server must know them.
 */
@Component
public final class KnownBackups implements Erasable {
    static final String NOTE = "backup-files";

    /** The beginning of every backup. */
    static final byte[] BEGINNING = "PLBACKUP".getBytes(StandardCharsets.US_ASCII);

    private static final int MOST = 20;
    private static final String LIST = "erasing-backups";

    private final Store store;
    private final Path list;

    /** For Declarative Services. */
    @Activate
    public KnownBackups(@Reference Store store, BundleContext context) {
        this(store, ServerHome.of(context::getProperty));
    }

    KnownBackups(Store store, Path home) {
        this.store = store;
        this.list = home.resolve(LIST);
    }

    /** Adds a backup. */
    static void remember(Store store, Path file) throws StoreException {
        Set<String> known = new LinkedHashSet<>(read(store));
        String name = file.toAbsolutePath().normalize().toString();
        if (name.indexOf('\n') >= 0) {
            return;
        }
        known.remove(name);
        known.add(name);
        List<String> newest = new ArrayList<>(known);
        store.note(NOTE, String.join("\n", newest.subList(Math.max(0, newest.size() - MOST), newest.size())));
    }

    private static List<String> read(Store store) throws StoreException {
        return store.note(NOTE).map(text -> List.of(text.split("\n"))).orElse(List.of());
    }

    @Override
    public String name() {
        return "backups";
    }

    @Override
    public int rank() {
        return SLOW;
    }

    /** The store will not know them any more if the server stops before they are erased. */
    @Override
    public void prepare() {
        try {
            List<String> names = read(store);
            if (!names.isEmpty()) {
                PrivateFile.write(list, String.join("\n", names) + "\n");
            }
        } catch (StoreException | IOException e) {
            // The erasure continues without them; unknown files are not reported.
            return;
        }
    }

    @Override
    public void erase() throws PartylineException {
        List<String> left = new ArrayList<>();
        try {
            for (String name : Files.readAllLines(list)) {
                if (!eraseOne(Path.of(name))) {
                    left.add(name);
                }
            }
            if (left.isEmpty()) {
                Overwriting.delete(list);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new PartylineException("the list of backups cannot be read: delete them by hand", e);
        }
        if (!left.isEmpty()) {
            throw new PartylineException("not erased: " + String.join(", ", left) + "; delete by hand");
        }
    }

    /**
     * Erases a backup, and the part of it that an interrupted export left.
     *
     * @return whether there is no backup with this path; another file of this name is kept
     */
    private static boolean eraseOne(Path file) {
        try {
            for (Path each : List.of(file, PrivateFile.unfinished(file))) {
                if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS) && isBackup(each)) {
                    Overwriting.delete(each);
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isBackup(Path file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(BEGINNING.length);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            while (start.hasRemaining() && channel.read(start) >= 0) {
                // Until the end, or until enough was read.
            }
        }
        return Arrays.equals(start.array(), BEGINNING);
    }
}
