package org.partyline.shell.completion;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** The sealers that channels have, which may be away, and the word for none. */
public final class SealerOrDefault implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return Stream.concat(
                        engine.channels().listAll().stream()
                                .map(Channel::sealer)
                                .flatMap(Optional::stream)
                                .distinct(),
                        Stream.of(CarrierOrDefault.DEFAULT))
                .toList();
    }
}
