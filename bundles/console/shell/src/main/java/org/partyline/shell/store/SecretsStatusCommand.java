package org.partyline.shell.store;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.jspecify.annotations.Nullable;
import org.partyline.api.json.JsonValues;
import org.partyline.api.secrets.Unattended.Place;
import org.partyline.api.secrets.Unattended.Status;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.spi.Needs;

/** Shows how the store is opened at startup. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "secrets-status",
        description = "Show how the store is opened at startup, and which places could keep its key",
        detailedDescription = "partyline:secrets-status")
@Needs(Role.OPERATE)
final class SecretsStatusCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError {
        Status status = engine().unattended().status();
        print(Document.of(status), () -> show(status));
    }

    private void show(Status status) {
        console().paragraph("At startup, " + SecretsText.source(status.source()) + ".");
        if (!status.lastStart().isEmpty()) {
            console().paragraph("At this startup: " + Sanitizer.line(status.lastStart()) + ".");
        }
        console().line("");
        Table table = new Table()
                .column("")
                .column("PLACE")
                .column("STATE")
                .column("HOLDS")
                .words("REASON");
        for (Place place : status.places()) {
            table.row(
                    place.source() == status.source() ? "*" : "",
                    new Table.Cell(place.source().word(), Style.BOLD),
                    place.usable() ? new Table.Cell("usable", Style.GOOD) : new Table.Cell("not usable", Style.DIM),
                    holds(place),
                    Sanitizer.line(place.reason()));
        }
        table.print(console(), "No place is available: check bundle:list for bundles that are not Active.");
        next("partyline:secrets-move PLACE, or ask; anyone with access to the place and the server's "
                + "files can read everything.");
    }

    private static String holds(Place place) {
        if (!place.holdsKey()) {
            return "nothing";
        }
        return switch (place.source()) {
            case CREDENTIAL -> "a passphrase";
            case ASK, KEYRING, FILE -> "the store key";
        };
    }

    record PlaceView(
            String place,
            boolean usable,
            boolean holdsKey,
            @Nullable String reason) {}

    /**
     * How the store is opened, and the places where its secret is stored.
     *
     * @param source what opens the store at startup
     */
    record Document(
            String source, List<PlaceView> places, @Nullable String lastStart) {
        static Document of(Status status) {
            return new Document(
                    status.source().word(),
                    status.places().stream()
                            .map(place -> new PlaceView(
                                    place.source().word(),
                                    place.usable(),
                                    place.holdsKey(),
                                    JsonValues.orNull(place.reason())))
                            .toList(),
                    JsonValues.orNull(status.lastStart()));
        }
    }
}
