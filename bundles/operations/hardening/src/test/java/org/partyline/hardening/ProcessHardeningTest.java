package org.partyline.hardening;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.secrets.Hardening.Item;
import org.partyline.testkit.Logged;

class ProcessHardeningTest {
    @TempDir
    Path directory;

    private final FakeSystem system = new FakeSystem();
    private List<String> options = List.of();

    /** A system that obeys or refuses. */
    private static final class FakeSystem implements OperatingSystem {
        private boolean refuses;
        private boolean forbidden;
        private long core = INFINITE;
        private long lockLimit = 8 << 20;
        private boolean locked;
        private boolean filesPrivate;
        private boolean ignoresForbidding;
        private boolean ignoresLimit;

        private void enter() {
            if (refuses) {
                throw new Refused("call", 1);
            }
        }

        @Override
        public void forbidDumps() {
            enter();
            forbidden = true;
        }

        @Override
        public boolean dumpsForbidden() {
            return forbidden && !ignoresForbidding;
        }

        @Override
        public void limitCoreToNothing() {
            enter();
            core = 0;
        }

        @Override
        public long coreLimit() {
            return ignoresLimit ? INFINITE : core;
        }

        @Override
        public void keepFilesPrivate() {
            filesPrivate = true;
        }

        @Override
        public long lockLimit() {
            return lockLimit;
        }

        @Override
        public void lockMemory() {
            enter();
            locked = true;
        }
    }

    @BeforeEach
    void aMachineWithNoSwap() throws Exception {
        Files.createDirectories(directory.resolve("proc/self"));
        proc("0000000000000000", "0077");
        swaps("");
    }

    private void proc(String capabilities, String umask) throws Exception {
        Files.writeString(
                directory.resolve("proc/self/status"),
                "Name:\tjava\nUmask:\t" + umask + "\nVmLck:\t  307200 kB\nCapEff:\t" + capabilities + "\n");
    }

    private void swaps(String lines) throws Exception {
        Files.writeString(
                directory.resolve("proc/swaps"), "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" + lines);
    }

    private Map<String, Item> harden(String coreDumps, String memoryLock) {
        return items(new ProcessHardening(
                system,
                new ProcessFiles(directory.resolve("proc"), directory.resolve("sys")),
                options,
                coreDumps.equals("on"),
                memoryLock.equals("auto")));
    }

    private static Map<String, Item> items(ProcessHardening hardening) {
        assertEquals(
                List.of("core-dumps", "attach", "memory-lock", "file-mode", "swap"),
                hardening.items().stream().map(Item::name).toList());
        return hardening.items().stream().collect(Collectors.toMap(Item::name, item -> item));
    }

    @Test
    void coreDumpsAreOffAndFilesPrivate() {
        Map<String, Item> items = harden("off", "auto");
        assertTrue(system.forbidden && system.filesPrivate);
        assertEquals(0, system.core);
        assertTrue(items.get("core-dumps").ok());
        assertTrue(items.get("file-mode").ok());
    }

    @Test
    void coreDumpsAreOffOnlyWhenBothWaysAreShut() {
        system.ignoresForbidding = true;
        Item item = harden("off", "auto").get("core-dumps");
        assertFalse(item.ok());
        assertTrue(item.detail().startsWith("the system refused to turn core dumps off"), item.detail());
        system.ignoresForbidding = false;
        system.ignoresLimit = true;
        assertFalse(harden("off", "auto").get("core-dumps").ok());
        system.ignoresLimit = false;
        assertTrue(harden("off", "auto").get("core-dumps").ok());
    }

    @Test
    void coreDumpsThatAreAskedForAreLeftAndSaid() {
        Item item = harden("on", "auto").get("core-dumps");
        assertFalse(system.forbidden);
        assertFalse(item.ok());
        assertTrue(item.detail().contains("set core-dumps = off"), item.detail());
    }

    @Test
    void javasOwnHeapDumpsAreSaid() {
        String disabled = "-XX:+DisableAttachMechanism";
        assertFalse(harden("off", "auto").get("attach").ok());
        options = List.of("-Xmx1g", disabled);
        assertTrue(harden("off", "auto").get("attach").ok());
        options = List.of(disabled, "-XX:-DisableAttachMechanism");
        assertFalse(harden("off", "auto").get("attach").ok());
    }

    @Test
    void memoryIsNotLockedWithinALimitBecauseTheProcessWouldDieOfIt() {
        Item item = harden("off", "auto").get("memory-lock");
        assertFalse(system.locked);
        assertEquals(
                new Item(
                        "memory-lock",
                        false,
                        "memory may be swapped out: this process may lock only 8192 KiB: set LimitMEMLOCK=infinity in "
                                + "its unit file"),
                item);
    }

    @Test
    void memoryIsLockedWithNoLimitOrWithTheCapability() throws Exception {
        system.lockLimit = OperatingSystem.INFINITE;
        assertEquals(
                new Item("memory-lock", true, "used memory is not swapped out"),
                harden("off", "auto").get("memory-lock"));
        assertTrue(system.locked);
        system.locked = false;
        system.lockLimit = 0;
        proc("0000000000004000", "0077");
        harden("off", "auto");
        assertTrue(system.locked);
        system.locked = false;
        harden("off", "off");
        assertFalse(system.locked);
    }

    @Test
    void whatIsRefusedIsSaid() throws Exception {
        system.refuses = true;
        system.lockLimit = OperatingSystem.INFINITE;
        proc("0", "0022");
        Map<String, Item> items = harden("off", "auto");
        assertFalse(items.get("core-dumps").ok());
        assertFalse(items.get("file-mode").ok());
        assertEquals(
                "memory may be swapped out: the system refuses to lock memory: call failed with error 1",
                items.get("memory-lock").detail());
    }

    @Test
    void swapInClearIsSaidUnlessTheProcessIsLocked() throws Exception {
        assertTrue(harden("off", "auto").get("swap").ok());
        swaps("/dev/zram0                              partition\t1\t0\t100\n");
        assertTrue(harden("off", "auto").get("swap").ok());
        swaps("/dev/nosuch2                            partition\t1\t0\t-2\n");
        assertEquals(
                new Item("swap", false, "/dev/nosuch2 stores swapped memory unencrypted: encrypt it or turn it off"),
                harden("off", "auto").get("swap"));
        system.lockLimit = OperatingSystem.INFINITE;
        assertTrue(harden("off", "auto").get("swap").ok());
    }

    @Test
    void encryptedSwapIsKnown() throws Exception {
        Path device = Files.createFile(directory.resolve("dm-3"));
        Path link = Files.createSymbolicLink(directory.resolve("cryptswap"), device);
        Files.createDirectories(directory.resolve("sys/block/dm-3/dm"));
        swaps(link + " partition\t1\t0\t-2\n");
        Files.writeString(directory.resolve("sys/block/dm-3/dm/uuid"), "LVM-abc");
        assertFalse(harden("off", "auto").get("swap").ok());
        Files.writeString(directory.resolve("sys/block/dm-3/dm/uuid"), "CRYPT-PLAIN-cryptswap\n");
        assertTrue(harden("off", "auto").get("swap").ok());
    }

    @Test
    void withoutASystemThatIsKnownEverythingIsSaid() {
        Map<String, Item> items = items(new ProcessHardening(
                "this is no Linux",
                new ProcessFiles(directory.resolve("proc"), directory.resolve("sys")),
                options,
                false,
                true));
        assertEquals("this is no Linux", items.get("core-dumps").detail());
        assertEquals(
                "memory may be swapped out: this is no Linux",
                items.get("memory-lock").detail());
    }

    @Test
    void aRealProcessIsHardened() throws Exception {
        assumeTrue(Linux.isHere(), "only 64-bit Linux is supported");
        Map<String, String> on = probe("on", "off");
        assertEquals("false", on.get("dumps"));
        assertTrue(on.get("memory-lock").startsWith("false "));
        Map<String, String> off = probe("off", "auto");
        assertEquals("true off; only root can read this process's memory", off.get("core-dumps"));
        assertEquals("true", off.get("dumps"));
        assertEquals("0", off.get("core"));
        assertEquals("0077", off.get("Umask"));
        assertEquals("rw-------", off.get("mode"));
        assertEquals(Integer.toString(64 << 20), off.get("more"));
        if (ProcessFiles.ofThisMachine().mayLockAll()) {
            assertTrue(off.get("memory-lock").startsWith("true "), off.get("memory-lock"));
            assertFalse(off.get("VmLck").startsWith("0 "), off.get("VmLck"));
        } else {
            assertTrue(off.get("memory-lock").contains("LimitMEMLOCK=infinity"), off.get("memory-lock"));
        }
    }

    /** Runs {@link Probe}. @return its lines by first word */
    private Map<String, String> probe(String coreDumps, String memoryLock) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx128m",
                        "-Djna.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        coreDumps,
                        memoryLock,
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output.toFile())
                .start();
        assertEquals(0, process.waitFor());
        return Files.readAllLines(output).stream()
                .map(line -> line.replace("dumps forbidden", "dumps").replace("core limit", "core"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(' ')), line -> line.substring(line.indexOf(' ') + 1)));
    }

    @Test
    void theLogNamesWhatEndsAThreadByItsKindOnly() throws Exception {
        Thread thread = new Thread(
                () -> {
                    throw new IllegalStateException("words of a message");
                },
                "partyline-test");
        ProcessHardening hardening = new ProcessHardening(
                "this is no Linux",
                new ProcessFiles(directory.resolve("proc"), directory.resolve("sys")),
                options,
                false,
                false);
        ProcessHardening.watchThreads();
        String log;
        try {
            log = Logged.during(() -> {
                thread.start();
                thread.join();
            });
        } finally {
            hardening.stop();
        }
        assertTrue(
                log.contains("Thread partyline-test ended: IllegalStateException at hardening.ProcessHardeningTest."),
                log);
        assertFalse(log.contains("words of a message"), log);
        assertNull(Thread.getDefaultUncaughtExceptionHandler());
    }
}
