package org.partyline.hardening;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A process that hardens itself and prints the results: the effects cannot be undone in the tests' own process. */
final class Probe {
    private Probe() {}

    public static void main(String[] arguments) throws Exception {
        Linux linux = new Linux();
        ProcessHardening hardening = new ProcessHardening(
                linux,
                ProcessFiles.ofThisMachine(),
                java.util.List.of(),
                arguments[0].equals("on"),
                arguments[1].equals("auto"));
        hardening.items().forEach(item -> System.out.println(item.name() + " " + item.ok() + " " + item.detail()));
        System.out.println("dumps forbidden " + linux.dumpsForbidden());
        System.out.println("core limit " + linux.coreLimit());
        for (String name : new String[] {"Umask", "VmLck", "VmRSS"}) {
            System.out.println(
                    name + " " + ProcessFiles.ofThisMachine().status(name).orElse(""));
        }
        Path file = Files.createFile(Path.of(arguments[2], "new"));
        System.out.println("mode " + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Files.delete(file);
        // Large enough to show that memory can still be allocated.
        byte[] more = new byte[64 << 20];
        more[more.length - 1] = 1;
        System.out.println("more " + more.length);
    }
}
