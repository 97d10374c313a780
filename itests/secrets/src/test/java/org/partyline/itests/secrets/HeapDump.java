package org.partyline.itests.secrets;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The heap of a running server, written by the JDK's own tool: every object in use. */
final class HeapDump {
    private static final int COLLECTIONS = 4;

    private final Path file;

    private HeapDump(Path file) {
        this.file = file;
    }

    /** Writes one. @param file new */
    static HeapDump of(ProcessHandle server, Path file) throws IOException, InterruptedException {
        // Most collections leave some unreachable objects where they were; every fourth leaves none.
        for (int i = 0; i < COLLECTIONS; i++) {
            tell(server, "GC.run");
        }
        String output = tell(server, "GC.heap_dump", file.toString());
        if (!output.contains("created")) {
            throw new IllegalStateException("no heap dump: " + output);
        }
        return new HeapDump(file);
    }

    private static String tell(ProcessHandle server, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(server.pid())));
        command.addAll(List.of(words));
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(tool.getInputStream().readAllBytes());
        if (!tool.waitFor(2, TimeUnit.MINUTES) || tool.exitValue() != 0) {
            throw new IllegalStateException("jcmd " + String.join(" ", words) + ": " + output);
        }
        return output;
    }

    /** Returns the names of the values in it. @param wanted values of at least 4 bytes by name */
    TreeSet<String> holds(Map<String, byte[]> wanted) throws IOException {
        Map<Integer, List<Map.Entry<String, byte[]>>> byBeginning = new HashMap<>();
        wanted.entrySet()
                .forEach(entry -> byBeginning
                        .computeIfAbsent(beginning(entry.getValue()), key -> new ArrayList<>())
                        .add(entry));
        TreeSet<String> found = new TreeSet<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            int window = 0;
            for (int at = 0; at < bytes.limit(); at++) {
                window = window << 8 | bytes.get(at) & 0xff;
                List<Map.Entry<String, byte[]>> candidates = at < 3 ? null : byBeginning.get(window);
                if (candidates != null) {
                    for (Map.Entry<String, byte[]> candidate : candidates) {
                        if (matches(bytes, at - 3, candidate.getValue())) {
                            found.add(candidate.getKey());
                        }
                    }
                }
            }
        }
        return found;
    }

    private static int beginning(byte[] value) {
        return (value[0] & 0xff) << 24 | (value[1] & 0xff) << 16 | (value[2] & 0xff) << 8 | value[3] & 0xff;
    }

    private static boolean matches(MappedByteBuffer bytes, int at, byte[] value) {
        if (at + value.length > bytes.limit()) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            if (bytes.get(at + i) != value[i]) {
                return false;
            }
        }
        return true;
    }
}
