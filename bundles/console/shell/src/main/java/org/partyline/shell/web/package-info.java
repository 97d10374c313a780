/** The commands about the web server and tokens. */
package org.partyline.shell.web;
