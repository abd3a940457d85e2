"""A contract for import-linter: no module imports itself by way of others."""

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class NoCircles(Contract):
    """Kept where no two modules reach each other by imports, wherever they stand; those for type checkers count too."""

    type_name = "no_circles"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        cycles = [sorted(circle) for circle in circles(graph)]
        return ContractCheck(kept=not cycles, metadata={"circles": cycles})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for circle in check.metadata["circles"]:
            output.print_error(f"A circle of {len(circle)} modules: {', '.join(circle)}.")


def circles(graph: ImportGraph) -> Iterator[set[str]]:
    """The sets of two modules or more that all reach each other."""
    seen: set[str] = set()
    for module in sorted(graph.modules):
        if module in seen or graph.is_module_squashed(module):
            continue
        reached = graph.find_downstream_modules(module) & graph.find_upstream_modules(module)
        if reached:
            yield {module, *reached}
        seen |= {module, *reached}
