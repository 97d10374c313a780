package org.partyline.doctor;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks for files and directories that others can read or write, or that belong to another user. */
final class FilesCheck implements HealthCheck {
    private static final Set<PosixFilePermission> OF_OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    /**
     * The framework's own copies of bundles: they contain no user data, and are protected by the directory above them.
     */
    private static final String CACHE = "cache";

    private static final int MOST_NAMED = 3;

    private final List<Path> directories;

    /** @param directories whose contents must be private */
    FilesCheck(List<Path> directories) {
        this.directories = directories;
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<Finding> all = new ArrayList<>();
        for (Path directory : directories) {
            Open open = new Open(owner(directory));
            try {
                Files.walkFileTree(directory, open);
            } catch (IOException e) {
                throw new PartylineException(directory + " cannot be read: " + e.getMessage());
            }
            all.add(finding(directory, open));
        }
        return all;
    }

    private Finding finding(Path directory, Open open) {
        if (!open.foreign.isEmpty()) {
            return Finding.unsafe(
                    name(),
                    some(open.foreign, "belongs to another user", "belong to another user"),
                    "chown -R \"$USER\" '" + directory + "'");
        }
        if (!open.readable.isEmpty()) {
            return Finding.unsafe(
                    name(),
                    some(open.readable, "can be read or written by others", "can be read or written by others"),
                    "chmod -R go-rwx '" + directory + "'");
        }
        return Finding.ok(name(), directory + " is private to this user");
    }

    private static String some(List<Path> files, String one, String more) {
        String named = String.join(
                ", ", files.stream().limit(MOST_NAMED).map(Path::toString).toList());
        int rest = files.size() - MOST_NAMED;
        return named + (rest > 0 ? " and " + rest + " more " : " ") + (files.size() == 1 ? one : more);
    }

    private static String owner(Path directory) throws PartylineException {
        try {
            // The owner of a file created by this process, since user names are meaningless in a container.
            Path probe = Files.createTempFile(directory, ".owner", null);
            try {
                return Files.getOwner(probe).getName();
            } finally {
                Files.delete(probe);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new PartylineException("nothing can be written to " + directory + ": " + e.getMessage());
        }
    }

    /** Inspects a directory tree, skipping directories that others cannot enter. */
    private static final class Open extends SimpleFileVisitor<Path> {
        private final String owner;
        private final List<Path> readable = new ArrayList<>();
        private final List<Path> foreign = new ArrayList<>();

        Open(String owner) {
            this.owner = owner;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes plain) throws IOException {
            if (directory.getFileName().toString().equals(CACHE)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            // The contents of a private directory are private, too.
            return look(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes plain) throws IOException {
            look(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // It disappeared meanwhile, or belongs to another user, which was reported for its directory.
            return FileVisitResult.CONTINUE;
        }

        /** @return whether others can access it */
        private boolean look(Path path) throws IOException {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.owner().getName().equals(owner)) {
                foreign.add(path);
                return true;
            }
            boolean open = !attributes.isSymbolicLink()
                    && attributes.permissions().stream().anyMatch(OF_OTHERS::contains);
            if (open) {
                readable.add(path);
            }
            return open
                    || attributes.permissions().contains(PosixFilePermission.OTHERS_EXECUTE)
                    || attributes.permissions().contains(PosixFilePermission.GROUP_EXECUTE);
        }
    }
}
