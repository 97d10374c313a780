package org.partyline.shell.web;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Revokes a token. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "token-revoke",
        description = "Revoke a token: the program that uses it loses access at once",
        detailedDescription = "partyline:token-revoke alerts")
@Needs(Role.OPERATE)
final class TokenRevokeCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The token", required = true)
    @Completion(TokenNames.class)
    private String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        TokenView token = TokenView.of(engine().webAccess().revoke(name));
        print(token, "Revoked " + Sanitizer.line(token.name()) + ": the token no longer works.");
    }
}
