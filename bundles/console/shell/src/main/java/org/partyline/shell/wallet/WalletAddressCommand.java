package org.partyline.shell.wallet;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Wallets.Address;
import org.partyline.api.json.AddressView;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.AccountNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.WalletNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.QrCode;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Provides a new address. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-address",
        description = "Show a new address for one payment, as text and QR code",
        detailedDescription =
                "partyline:wallet-address --persona bob\n" + "partyline:wallet-address --label \"From the exchange\"")
@Needs(Role.OPERATE)
final class WalletAddressCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--wallet", description = "Wallet; may be omitted if there is only one", valueToShowInHelp = "NAME")
    @Completion(WalletNames.class)
    private @Nullable String wallet;

    @Option(
            name = "--account",
            description = "Account for some contacts (partyline:contact-set); otherwise the persona's own",
            valueToShowInHelp = "ACCOUNT")
    @Completion(AccountNames.class)
    private @Nullable String account;

    @Option(
            name = "--label",
            description = "Note to keep with the address, at most 80 characters; only in this server's own wallets",
            valueToShowInHelp = "TEXT")
    private @Nullable String label;

    @Override
    protected void run() throws CommandError, PartylineException {
        String from = label == null ? wallet : labelled();
        Address address = engine().wallets().freshAddress(given(persona), given(from), own(account));
        if (label != null) {
            engine().localWallets().label(address.network(), address.address(), label);
        }
        print(AddressView.of(address), () -> {
            console().line(console().paint(Style.BOLD, Sanitizer.line(address.address())));
            console()
                    .paragraph("For one payment to " + Sanitizer.line(address.persona())
                            + (address.account().isEmpty() ? "" : "'s account " + address.account()) + " on "
                            + address.network().label() + ", wallet " + Sanitizer.line(address.wallet()) + ".");
            QrCode.print(console(), address.address());
        });
    }

    private static Optional<String> own(@Nullable String account) {
        return Optional.ofNullable(account).filter(name -> !name.equals(AccountNames.DEFAULT));
    }

    /** Only this server's own wallets keep notes: checked before an address is created. */
    private String labelled() throws CommandError, PartylineException {
        List<String> own =
                engine().localWallets().list().stream().map(Progress::name).toList();
        if (own.isEmpty()) {
            throw new CommandError("--label requires a wallet of this server's own: omit it, or create one with "
                    + "partyline:wallet-create");
        }
        if (wallet == null && own.size() == 1) {
            return own.get(0);
        }
        if (wallet == null || !own.contains(wallet)) {
            throw new CommandError("--label requires a wallet of this server's own: name one with --wallet, one of "
                    + String.join(", ", own.stream().map(Sanitizer::line).toList()));
        }
        return wallet;
    }
}
