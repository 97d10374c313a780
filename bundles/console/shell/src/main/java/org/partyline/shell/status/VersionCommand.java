package org.partyline.shell.status;

import org.apache.karaf.shell.api.action.Command;
import org.jspecify.annotations.Nullable;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.spi.Needs;

/** Shows the versions of this program, Karaf and Java. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "version",
        description = "Show the versions of this server, Karaf and Java",
        detailedDescription = "partyline:version --json")
@Needs(Role.EVERYONE)
final class VersionCommand extends PartylineCommand {
    @Override
    protected void run() {
        Build build = Build.ofThis();
        Document document = new Document(
                build.version(),
                build.commit().orElse(null),
                System.getProperty("karaf.version", "unknown"),
                Runtime.version().toString());
        print(
                document,
                "Mempool Partyline " + build.text() + " (Karaf " + document.karaf() + ", Java " + document.java()
                        + ")");
    }

    record Document(String version, @Nullable String commit, String karaf, String java) {}
}
