package org.partyline.itests.network;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.partyline.itests.harness.PartylineServer;

/** A file system of a few megabytes that contains a server's store. */
final class SmallDisk implements AutoCloseable {
    private static final String SIZE = "12m";
    private static final int BLOCK = 4096;

    private Path mount;

    /** Returns whether this process may mount one. */
    static boolean possible() {
        try {
            Path probe = Files.createTempDirectory("small-disk");
            try {
                if (run(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.toString())) != 0) {
                    return false;
                }
                return run(List.of("umount", probe.toString())) == 0;
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns a running server whose store is on it. */
    PartylineServer newServer(String name) throws IOException {
        PartylineServer server = PartylineServer.create(name);
        mount = Files.createDirectory(server.home().resolve("store"));
        if (run(List.of("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + SIZE, "tmpfs", mount.toString())) != 0) {
            throw new IOException("cannot mount " + mount);
        }
        return server.start();
    }

    /** Uses up the remaining space. */
    void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler())) {
            byte[] block = new byte[BLOCK];
            while (Files.getFileStore(mount).getUsableSpace() >= BLOCK) {
                out.write(block);
            }
        }
    }

    /** Frees it again. */
    void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return mount.resolve("filler");
    }

    private static int run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        if (mount != null) {
            run(List.of("umount", "-l", mount.toString()));
        }
    }
}
