package org.partyline.shell.status;

import java.time.Instant;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.ServerStatus;
import org.partyline.api.json.Json;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;

/** Provides the document of {@code status --json} to other bundles. */
@Component
public final class StatusService implements ServerStatus {
    private final Engine engine;

    /** @param engine provides the services for the status */
    @Activate
    public StatusService(@Reference Engine engine) {
        this.engine = engine;
    }

    @Override
    public String json() throws PartylineException {
        try {
            return Json.write(StatusCommand.Look.at(engine, Instant.now()).document());
        } catch (CommandError e) {
            throw new PartylineException(e.getMessage(), e);
        }
    }
}
