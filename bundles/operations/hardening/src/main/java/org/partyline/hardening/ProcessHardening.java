package org.partyline.hardening;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.partyline.api.Faults;
import org.partyline.api.config.Setting;
import org.partyline.api.secrets.Hardening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects the process once, at the start, and reports the result. If the system refuses a protection, the server still
 * starts.
 */
@Component(immediate = true, configurationPid = HardeningSettings.PID)
public final class ProcessHardening implements Hardening {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessHardening.class);

    /** Java itself would print what the exception says, which may be text that someone wrote. */
    private static final Thread.UncaughtExceptionHandler ENDED =
            (thread, e) -> LOG.error("Thread {} ended: {}", thread.getName(), Faults.trace(e));

    private final Optional<OperatingSystem> system;
    private final ProcessFiles files;
    private final String missing;
    private final boolean attachable;
    private final boolean coreDumps;
    private final String lockProblem;

    /** For Declarative Services. */
    @Activate
    public ProcessHardening(Map<String, Object> settings) {
        this(
                load(),
                ProcessFiles.ofThisMachine(),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                value(HardeningSettings.CORE_DUMPS, settings),
                value(HardeningSettings.MEMORY_LOCK, settings));
        watchThreads();
    }

    static void watchThreads() {
        Thread.setDefaultUncaughtExceptionHandler(ENDED);
    }

    /** For Declarative Services. The settings that were made in the operating system remain. */
    @Deactivate
    void stop() {
        if (Thread.getDefaultUncaughtExceptionHandler() == ENDED) {
            Thread.setDefaultUncaughtExceptionHandler(null);
        }
    }

    /** Returns the operating system, or why it cannot be called. */
    private static Object load() {
        if (!Linux.isHere()) {
            return "this is " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                    + ": only 64-bit Linux is supported";
        }
        try {
            return new Linux();
        } catch (LinkageError e) {
            LOG.debug("Cause: {}", Faults.reason(e));
            return "the native library cannot be loaded: put " + System.getProperty("java.io.tmpdir")
                    + " on a file system without noexec";
        }
    }

    /** @param javaOptions with which this Java was started */
    ProcessHardening(
            Object systemOrProblem, ProcessFiles files, List<String> javaOptions, boolean coreDumps, boolean lock) {
        // The last option counts.
        this.attachable = javaOptions.lastIndexOf("-XX:+DisableAttachMechanism")
                <= javaOptions.lastIndexOf("-XX:-DisableAttachMechanism");
        this.system = systemOrProblem instanceof OperatingSystem found ? Optional.of(found) : Optional.empty();
        this.missing = systemOrProblem instanceof OperatingSystem ? "" : systemOrProblem.toString();
        this.files = files;
        this.coreDumps = coreDumps;
        system.ifPresent(this::harden);
        this.lockProblem = lock ? lock() : "memory-lock = off in etc/" + HardeningSettings.PID + ".cfg";
        for (Item item : items()) {
            if (!item.ok()) {
                LOG.info("{}: {}", item.name(), item.detail());
            }
        }
    }

    /** The value, or the default if it is invalid. */
    private static boolean value(Setting<Boolean> setting, Map<String, Object> settings) {
        try {
            return setting.in(settings);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. It is {}.", HardeningSettings.PID, e.getMessage(), setting.standard());
            return setting.in(Map.of());
        }
    }

    private void harden(OperatingSystem found) {
        found.keepFilesPrivate();
        if (!coreDumps) {
            try {
                found.limitCoreToNothing();
                found.forbidDumps();
            } catch (OperatingSystem.Refused e) {
                LOG.debug("Core dumps could not be turned off: {}", e.getMessage());
            }
        }
    }

    /** @return why not; empty if it is locked */
    private String lock() {
        if (system.isEmpty()) {
            return missing;
        }
        try {
            long limit = system.get().lockLimit();
            if (limit != OperatingSystem.INFINITE && !files.mayLockAll()) {
                return "this process may lock only " + (limit >>> 10)
                        + " KiB: set LimitMEMLOCK=infinity in its unit file";
            }
            system.get().lockMemory();
            return "";
        } catch (OperatingSystem.Refused | IOException e) {
            return "the system refuses to lock memory: " + e.getMessage();
        }
    }

    @Override
    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        items.add(coreDumps());
        items.add(attach());
        items.add(memoryLock());
        items.add(fileMode());
        items.add(swap());
        return List.copyOf(items);
    }

    private Item coreDumps() {
        if (system.isEmpty()) {
            return new Item("core-dumps", false, missing);
        }
        if (coreDumps) {
            return new Item(
                    "core-dumps",
                    false,
                    "core dumps follow the system's settings: set core-dumps = off in etc/" + HardeningSettings.PID
                            + ".cfg and restart");
        }
        boolean off = system.get().dumpsForbidden() && system.get().coreLimit() == 0;
        return new Item(
                "core-dumps",
                off,
                off
                        ? "off; only root can read this process's memory"
                        : "the system refused to turn core dumps off: start the server outside the environment that "
                                + "forbids it");
    }

    /**
     * Through the attach mechanism, Java itself would write its heap to a file for any process of this user, even with
     * core dumps off.
     */
    private Item attach() {
        return new Item(
                "attach",
                !attachable,
                attachable
                        ? "every program of this user can have the heap written to a file: restart without "
                                + "PARTYLINE_DEBUG"
                        : "no program can have the heap written to a file");
    }

    private Item memoryLock() {
        if (!lockProblem.isEmpty()) {
            return new Item("memory-lock", false, "memory may be swapped out: " + lockProblem);
        }
        try {
            // This counts address space, not memory in use: it only shows that locking is in force.
            boolean locked =
                    files.status("VmLck").filter(size -> !size.startsWith("0 ")).isPresent();
            return new Item(
                    "memory-lock",
                    locked,
                    locked ? "used memory is not swapped out" : "memory may be swapped out: the lock was lost");
        } catch (IOException e) {
            return new Item("memory-lock", false, "locked memory cannot be read from /proc");
        }
    }

    private Item fileMode() {
        try {
            Optional<String> mask = files.status("Umask");
            boolean ok = mask.filter(text -> (Integer.parseInt(text, 8) & 077) == 077)
                    .isPresent();
            return new Item(
                    "file-mode",
                    ok,
                    ok
                            ? "new files are private to this user"
                            : "new files may be readable by others: start the server with its own script, or with "
                                    + "UMask=0077");
        } catch (IOException e) {
            return new Item("file-mode", false, "the mode of new files cannot be read from /proc");
        }
    }

    private Item swap() {
        try {
            List<String> swaps = files.readableSwaps();
            if (swaps.isEmpty()) {
                return new Item("swap", true, "no swap space stores secrets unencrypted");
            }
            boolean locked = lockProblem.isEmpty();
            return new Item(
                    "swap",
                    locked,
                    String.join(", ", swaps) + " stores swapped memory unencrypted"
                            + (locked ? ", but this process is locked in memory" : ": encrypt it or turn it off"));
        } catch (IOException e) {
            return new Item("swap", false, "the swap spaces cannot be read from /proc");
        }
    }
}
