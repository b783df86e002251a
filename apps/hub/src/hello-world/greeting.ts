/** What the hello-world container of a platform says. Lines fit a terminal of 80 columns. */
export function greeting(platform: string): string {
  return `
Hello from Berth!
This text was printed by a container, so everything on the way to it works.

What just happened:
 1. The client asked the engine to run "hello-world".
 2. The engine had no such image, so it pulled the one for ${platform}
    from the registry and checked every byte against its digest.
 3. It mounted the image's layer (nothing was unpacked) and put a writable one
    over it: the container's root.
 4. It gave the container to the monitor, which keeps its output and exit code
    even while the engine restarts.
 5. The monitor let the runtime start /hello, whose output came back through
    the engine to your terminal.

What to try next:
 berth ps -a                     the container that printed this, now ended
 berth image ls                  the image it was made of
 berth run -it --rm debian bash  a shell in another system
 berth --help                    everything else

`
}
